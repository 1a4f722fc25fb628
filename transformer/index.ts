// The plugin: what ts-patch, ttypescript and every host with `before` transformers calls. Serves
// compilers; the work is select.ts's and the emitter's. Loading it must stay cheap (a build without a
// selected function pays nothing), and a file is changed whole or not at all.

import path from 'node:path';
import type * as ts from 'typescript';
import { MemprofError } from '../contract/errors';
import { canRead, foreignTree, resolveTypeScript } from './compiler';
import { Diagnostics, type PluginExtras as Extras, showError, stop, write } from './diagnostics';
import { emitFormat } from './emit-format';
import { filePath } from './files';
import type * as Text from './instrument';
import { lookForTags, Unmatched } from './nothing';
import { type PluginOptions as Options, readOptions, type Selection } from './options';
import type { ProgramEntry } from './program';
import { selectFunctions } from './select';
import type { Typescript as TS } from './selected';
import { badSizes } from './stray';

/** What lives as long as a program: an incremental build asks for a factory once a file. */
interface Build {
  diagnostics: Diagnostics;
  unmatched?: Unmatched;
}

const builds = new WeakMap<ts.Program, Map<string, Build>>();

// An entry that stands twice in a configuration must not measure everything twice.
const finished = new WeakSet<ts.SourceFile>();

/**
 * The plugin: `{ "transform": "memprof/transformer", ...options }`.
 * @param program absent in single-file hosts (`ts.transpileModule`); hosts whose programs grow file by
 *   file should leave it out too: it is taken for all that patterns can match
 * @param options see PluginOptions; keys of hosts are ignored
 * @param extras `{ ts }`, the host's own copy, should be handed over; else the project's is taken
 * @returns a factory for `before`; a file in which nothing is selected comes back as the same object
 * @throws MemprofError MEMPROF_E_OPTION, _OPTION_VALUE, _PATTERN, _TAG_SIZE, _TYPESCRIPT (under tsc: a
 *   message and exit status 1)
 */
function plugin(
  program?: ts.Program,
  options?: Options,
  extras: Extras = {},
  more?: Extras,
): ts.TransformerFactory<ts.SourceFile> {
  // As ts-patch calls an entry with "transformProgram": (program, host, entry, { ts }) => program.
  if (program && (extras as ProgramEntry).transformProgram === true)
    return ofProgram(program, extras as ProgramEntry, more) as never;
  const known = typeof program?.getCompilerOptions === 'function' ? program : undefined;
  const root = rootOf(known);
  const selection = guarded(extras, () => readOptions(options));
  if (selection.strip) return () => (sourceFile) => sourceFile;
  selection.root = root;
  const build = guarded(extras, () => buildOf(known, selection, extras));

  let compiler = extras.ts;
  return (context) => (sourceFile) => {
    const { fileName } = sourceFile;
    const result = guarded(extras, () => {
      // The cheap test of selectFunctions needs no compiler; asked here too so that none is looked for.
      if (sourceFile.isDeclarationFile || /\.json$/.test(fileName) || finished.has(sourceFile))
        return sourceFile;
      if (!selection.configured && !sourceFile.text.includes('@memprof')) return sourceFile;
      compiler ??= resolve(known, root);
      if (!canRead(compiler, sourceFile)) throw foreignTree(compiler, sourceFile);
      return transform(compiler, context, sourceFile, selection, build, known);
    });
    build.unmatched?.seen(fileName);
    return result;
  };
}

function ofProgram(program: ts.Program, entry: ProgramEntry, extras: Extras = {}): ts.Program {
  // ts-patch names no library here, and its tsc has all that the other one has: the command tells.
  const library = /(^|[\\/])t?tsp?c(\.js)?$/.test(process.argv[1] ?? '') ? 'tsc' : undefined;
  const known = { library, ...extras };
  const selection = guarded(known, () => readOptions(entry));
  // Loaded where an entry asks for it only.
  const { measuredProgram } = require('./program') as typeof import('./program');
  return measuredProgram(plugin, program, entry, selection, known);
}

namespace plugin {
  export type PluginOptions = Options;
  export type PluginExtras = Extras;
  export type InstrumentOptions = Text.InstrumentOptions;
  export type InstrumentResult = Text.InstrumentResult;

  /** See instrument.ts, which is loaded by the first call. */
  export const instrument: typeof Text.instrument = (code, options) =>
    (require('./instrument') as typeof Text).instrument(code, options);
}

function transform(
  ts: TS,
  context: ts.TransformationContext,
  sourceFile: ts.SourceFile,
  selection: Selection,
  build: Build,
  program: ts.Program | undefined,
): ts.SourceFile {
  const warn = (code: Parameters<Diagnostics['warn']>[0], node: ts.Node, holes: Record<string, unknown>) =>
    build.diagnostics.warn(code, holes, sourceFile, node);
  try {
    const selected = selectFunctions(ts, sourceFile, selection, warn, build.unmatched?.hits);
    if (selected.length === 0) return sourceFile;
    const compilerOptions = program?.getCompilerOptions() ?? context.getCompilerOptions();
    const format = emitFormat(ts, sourceFile, compilerOptions, program);
    if (format === 'none') {
      const reason = 'a script cannot reach the runtime where the output is ES modules; add export {}';
      warn('MEMPROF_W_FILE', sourceFile, { reason });
      return sourceFile;
    }
    // Loaded with the first selected function only.
    const { planFile } = require('./visit') as typeof import('./visit');
    const { printAst } = require('./print-ast') as typeof import('./print-ast');
    const label = filePath(sourceFile.fileName, selection.root);
    const plan = planFile(ts, sourceFile, selected, { path: label, format, report: warn });
    if (plan.functions.length === 0) return sourceFile;
    const result = printAst(ts, context, sourceFile, plan);
    finished.add(result);
    return result;
  } catch (error) {
    if (error instanceof MemprofError) {
      if (!program?.getCompilerOptions().watch) throw error;
      showError(error);
      return sourceFile;
    }
    warn('MEMPROF_W_FILE', sourceFile, { reason: (error as Error)?.message ?? String(error) });
    return sourceFile;
  }
}

function buildOf(program: ts.Program | undefined, selection: Selection, extras: Extras): Build {
  const key = JSON.stringify(selection);
  const ofProgram = program && (builds.get(program) ?? new Map<string, Build>());
  const old = ofProgram?.get(key);
  if (old) return old;
  // While tsc watches, a wrong size concerns its file alone: a comment in the making must not end the watch.
  if (program && !program.getCompilerOptions().watch) {
    const { root = '' } = selection;
    badSizes(program, root, () => extras.ts ?? resolve(program, root));
    lookForTags(program, selection, write);
  }
  const diagnostics = new Diagnostics(extras.ts, extras, selection.root);
  const unmatched =
    program && selection.configured
      ? new Unmatched(program, selection, (key, value) =>
          diagnostics.warn('MEMPROF_W_NOTHING', { key, value }),
        )
      : undefined;
  const build = { diagnostics, unmatched };
  if (program && ofProgram) builds.set(program, ofProgram.set(key, build));
  return build;
}

/** Labels and globs begin at the folder of the project's tsconfig. */
function rootOf(program: ts.Program | undefined): string {
  const config = program?.getCompilerOptions().configFilePath;
  if (typeof config === 'string' && config) return path.dirname(config);
  return program?.getCurrentDirectory?.() || process.cwd();
}

function resolve(program: ts.Program | undefined, root: string): TS {
  return resolveTypeScript([root, program?.getCurrentDirectory?.() || root, process.cwd(), __dirname]);
}

function guarded<T>(extras: Extras, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return stop(error, extras);
  }
}

// The module is the plugin, which is what `import plugin` gives an ES module in Node, and its own
// `default`, which is what ts-patch, ttypescript and bundlers ask for. The assignment that never runs
// tells Node's ES modules that `instrument` can be imported by name.
Object.defineProperty(plugin, '__esModule', { value: true });
Object.defineProperty(plugin, 'default', { value: plugin });
if (Number.isNaN(0)) module.exports = { instrument: plugin.instrument };

export = plugin;
