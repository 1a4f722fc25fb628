// One build by a tool that takes no transformer of TypeScript's: which files can concern us, what became of
// them, and whether anything was measured in the end. Serves every adapter that calls instrument(). It must
// not load a compiler before a file needs one: a build must not feel the files that cannot match.

import path from 'node:path';
import { message } from '../contract/errors';
import { fileSelected } from '../transformer/files';
import { type InstrumentOptions, type InstrumentResult, instrument } from '../transformer/index';
import { type PluginOptions, readOptions, type Selection } from '../transformer/options';
import type { Origin } from '../transformer/origin';

/** What an adapter takes: the plugin's options, and where globs and labels begin. */
export interface BuildOptions extends PluginOptions {
  /** Default: the working directory. */
  root?: string;
}

/** Whether a text was instrumented before: emitted code reaches the runtime by this name, or holds it in a bundle. */
export function isInstrumented(code: string): boolean {
  return /["']memprof\/runtime["']|Symbol\.for\(["'`]memprof["'`]\)/.test(code);
}

/** Source files, by their names; a bundler's ids carry queries. */
export const SOURCES = /\.[cm]?[jt]sx?(\?|$)/;

// What memprof itself is made of is never measured, whatever the options say.
const OWN = path.join(__dirname, '..') + path.sep;

// What has come by so far.
const FILES = 0;
const ADDRESSED = 1; // by the options
const INSTRUMENTED = 2; // before
const FUNCTIONS = 3; // that are measured
const COUNTS = 4;

export class Build {
  readonly root: string;
  readonly strip: boolean;
  private readonly options: PluginOptions;
  private readonly selection: Selection;
  private readonly seen = new Set<string>();
  private said = false;

  /**
   * @param counts of a build that two threads share
   * @throws MemprofError MEMPROF_E_OPTION, MEMPROF_E_OPTION_VALUE, MEMPROF_E_PATTERN
   */
  constructor(
    { root = process.cwd(), ...options }: BuildOptions = {},
    readonly counts = new Int32Array(new SharedArrayBuffer(4 * COUNTS)),
  ) {
    this.root = root;
    this.options = options;
    this.selection = { ...readOptions(options), root };
    this.strip = this.selection.strip;
  }

  /** Whether a file is none of ours, by its name alone. */
  ignores(fileName: string): boolean {
    if (this.strip || !SOURCES.test(fileName) || /\.d\.[cm]?ts$/.test(fileName) || fileName.startsWith(OWN))
      return true;
    // A tag in somebody else's package is not this user's.
    return /[\\/]node_modules[\\/]/.test(fileName) && !this.addresses(fileName);
  }

  private addresses(fileName: string, origin?: string): boolean {
    return this.selection.configured && fileSelected({ ...this.selection, origin }, fileName);
  }

  /**
   * Whether a function of this file may be selected; parses nothing.
   * @param origin of a built file: its source
   */
  concerns(fileName: string, code: string, origin?: Origin): boolean {
    if (this.ignores(fileName)) return false;
    // A loader may show a file twice.
    const first = !this.seen.has(fileName);
    if (first) this.counts[FILES]++;
    this.seen.add(fileName);
    if (isInstrumented(code)) {
      this.counts[INSTRUMENTED]++;
      return false;
    }
    const addressed = this.addresses(fileName, origin?.path);
    if (addressed && first) this.counts[ADDRESSED]++;
    return addressed || code.includes('@memprof') || origin?.text?.includes('@memprof') === true;
  }

  /**
   * The instrumented text of a file that `concerns` us; `undefined` where nothing in it is selected.
   * @throws MemprofError MEMPROF_E_TAG_SIZE, MEMPROF_E_TYPESCRIPT
   */
  apply(
    code: string,
    fileName: string,
    more: Pick<InstrumentOptions, 'inputSourceMap' | 'source' | 'sourceMap' | 'format' | 'warn'> = {},
  ): InstrumentResult | undefined {
    const result = instrument(code, { ...this.options, ...more, fileName, root: this.root });
    this.counts[FUNCTIONS] += result.functions.length;
    return result.functions.length > 0 ? result : undefined;
  }

  /** Functions that are measured so far. */
  get functions(): number {
    return this.counts[FUNCTIONS];
  }

  /** Files that were instrumented before. */
  get before(): number {
    return this.counts[INSTRUMENTED];
  }

  /** Source files that were looked at; none where a host took all of them from its cache. */
  get files(): number {
    return this.counts[FILES];
  }

  /** Why nothing at all is measured, once the build is over, said once; `undefined` where something is, or by intent. */
  nothing(): string | undefined {
    const { [FILES]: files, [ADDRESSED]: addressed } = this.counts;
    if (this.said || this.strip || this.functions > 0 || this.before > 0) return undefined;
    this.said = true;
    const { configured, ...asked } = this.selection;
    const { include, functions, decorators } = asked;
    const reason =
      files === 0
        ? 'no source file came by'
        : !configured
          ? `${files} files came by, none holds a /** @memprof */ tag on a function, and no option selects one`
          : addressed === 0
            ? `${files} files came by, none of them matches ${JSON.stringify({ include, exclude: this.options.exclude })}`
            : `${addressed} of ${files} files are addressed, no function there matches ${JSON.stringify({ functions, decorators })}`;
    return message('MEMPROF_W_UNUSED', { reason });
  }
}
