// What selected nothing: patterns of the options in a whole program, tags in a whole build. Serves the plugin. It
// must never warn before every file of the program was seen: an incremental build shows only what changed.

import type * as ts from 'typescript';
import { message } from '../contract/errors';
import { globMatches } from './files';
import type { Selection } from './options';
import type { Hits } from './select';

/** Takes a key of the options and what selected nothing. */
type Warn = (key: string, value: unknown) => void;

export class Unmatched {
  readonly hits: Hits = { functions: new Set(), decorators: new Set(), count: 0 };
  private readonly waiting: Set<string>;
  private said = false;

  constructor(
    program: ts.Program,
    private readonly selection: Selection,
    private readonly warn: Warn,
  ) {
    const files = program.getSourceFiles().filter((file) => isEmitted(program, file));
    this.waiting = new Set(files.map((file) => file.fileName));
    if (files.length > 0) this.checkGlobs(files.map((file) => file.fileName));
  }

  /** Globs can be judged before anything is emitted. */
  private checkGlobs(files: readonly string[]): void {
    const { include, root } = this.selection;
    for (const glob of include ?? []) {
      if (!files.some((file) => globMatches(glob, file, root))) this.say('include', glob);
    }
  }

  private say(key: string, value: unknown): void {
    this.said = true;
    this.warn(key, value);
  }

  /** A file was handled; after the last one the patterns without a match are known. */
  seen(fileName: string): void {
    if (!this.waiting.delete(fileName) || this.waiting.size > 0) return;
    const { functions, decorators, include } = this.selection;
    if (functions !== 'all') {
      for (const one of functions ?? []) if (!this.hits.functions.has(one)) this.say('functions', one);
    }
    for (const one of decorators ?? []) if (!this.hits.decorators.has(one)) this.say('decorators', one);
    if (!this.selection.configured || this.said || this.hits.count > 0) return;
    // Everything matched something, yet nothing was left to measure: name what was asked for.
    const [key, value] = functions
      ? ['functions', functions]
      : decorators
        ? ['decorators', decorators]
        : ['include', include];
    this.warn(key as string, value);
  }
}

// Of all programs of this process: a build of several projects is one, and one of them may well hold no tag.
const tags = { found: false, files: 0, awaited: false };

/** Looks for tags in a program; where no program of the process holds one, that is said once, at the end. */
export function lookForTags(program: ts.Program, selection: Selection, say: (text: string) => void): void {
  tags.found ||= selection.configured;
  for (const file of tags.found ? [] : program.getSourceFiles()) {
    if (!isEmitted(program, file)) continue;
    tags.files++;
    tags.found ||= file.text.includes('@memprof');
  }
  if (tags.found || tags.awaited) return;
  tags.awaited = true;
  process.once('exit', () => {
    if (tags.found) return;
    const reason = `${tags.files} files are compiled, none holds a /** @memprof */ tag, and no option selects a function`;
    say(`warning MEMPROF_W_UNUSED: ${message('MEMPROF_W_UNUSED', { reason })}\n`);
  });
}

function isEmitted(program: ts.Program, file: ts.SourceFile): boolean {
  return (
    !file.isDeclarationFile &&
    !/\.json$/.test(file.fileName) &&
    !program.isSourceFileFromExternalLibrary(file) &&
    !program.isSourceFileDefaultLibrary(file)
  );
}
