// An entry with `"transformProgram": true`: ts-patch calls it for each program, before tsc decides what to
// emit; a plain entry is called for what is emitted, and never where nothing is. Serves incremental builds. tsc
// emits again what has another version than its tsbuildinfo says, so the options become a part of the version of
// each file that they may concern: options that changed, a switch to strip and a removed entry emit anew.

import { createHash } from 'node:crypto';
import type * as ts from 'typescript';
import { VERSION } from '../contract/version';
import type { PluginExtras } from './diagnostics';
import type { PluginOptions, Selection } from './options';

export type ProgramEntry = PluginOptions & { transformProgram?: boolean };
type Plugin = (
  program: ts.Program,
  options: PluginOptions,
  extras: PluginExtras,
) => ts.TransformerFactory<ts.SourceFile>;

// The version as tsc made it: a watch keeps trees for its next program, whose options may be others.
const versions = new WeakMap<ts.SourceFile, string>();

/**
 * The program, measured when it is emitted.
 * @param selection the entry's options, read
 */
export function measuredProgram(
  plugin: Plugin,
  program: ts.Program,
  entry: ProgramEntry,
  selection: Selection,
  extras: PluginExtras,
): ts.Program {
  if (selection.strip) mark(program, () => undefined);
  else {
    const print = JSON.stringify([VERSION, selection]);
    mark(program, ({ text, isDeclarationFile }) =>
      !isDeclarationFile && (selection.configured || text.includes('@memprof')) ? print : undefined,
    );
  }
  const { emit } = program;
  program.emit = (target, write, token, onlyDts, transformers, ...more: []) => {
    const before = [plugin(program, entry, extras), ...(transformers?.before ?? [])];
    return emit.call(program, target, write, token, onlyDts, { ...transformers, before }, ...more);
  };
  return program;
}

/** Gives each file the version that its print makes; none gives back tsc's own. */
function mark(program: ts.Program, printOf: (file: ts.SourceFile) => string | undefined): void {
  for (const file of program.getSourceFiles() as readonly (ts.SourceFile & { version?: string })[]) {
    // Only a program of an incremental build or a watch has versions.
    const own = versions.get(file) ?? file.version;
    if (own === undefined) continue;
    const print = printOf(file);
    if (print === undefined && !versions.has(file)) continue;
    versions.set(file, own);
    file.version = print === undefined ? own : createHash('sha256').update(`${own} ${print}`).digest('hex');
  }
}
