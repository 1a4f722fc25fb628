// What the tests of selection share: the three compilers, and a selection shown as plain words.

import type ts from 'typescript';
import { readOptions } from '../../transformer/options';
import { selectFunctions } from '../../transformer/select';

export type Compiler = typeof ts;

/** The oldest, the usual and the last compiler with a transformer API. */
export const compilers: Compiler[] = [
  require('typescript-5.0'),
  require('typescript'),
  require('typescript-6.0'),
];

export interface Picture {
  /** Labels in the order of the source; a spike stands behind: `load=10000000`. */
  labels: string[];
  /** `line:CODE value` of each warning. */
  warnings: string[];
}

/** Selects in a source text. */
export function pick(
  compiler: Compiler,
  text: string,
  options: object = {},
  fileName = '/app/src/a.ts',
): Picture {
  return pickIn(compiler, compiler.createSourceFile(fileName, text, compiler.ScriptTarget.ESNext), options);
}

export function pickIn(compiler: Compiler, sourceFile: ts.SourceFile, options: object = {}): Picture {
  const warnings: string[] = [];
  const selection = { ...readOptions(options, {}), root: '/app' };
  const selected = selectFunctions(compiler, sourceFile, selection, (code, node, holes) => {
    const at = node.pos < 0 ? 0 : node.getStart(sourceFile);
    warnings.push(`${sourceFile.getLineAndCharacterOfPosition(at).line + 1}:${code} ${holes.value}`);
  });
  const labels = selected.map((one) => one.label + (one.spike === undefined ? '' : `=${one.spike}`));
  return { labels, warnings };
}

/** A source text in all three compilers; they must agree. */
export function pickAll(text: string, options: object = {}, fileName?: string): Picture {
  const [first, ...others] = compilers.map((compiler) => pick(compiler, text, options, fileName));
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(first)) {
      throw new Error(`compilers disagree: ${JSON.stringify(first)} and ${JSON.stringify(other)}`);
    }
  }
  return first;
}
