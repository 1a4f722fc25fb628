// A program's other texts: instrumented by each printer, by the plugin, lowered by a compiler. Serves the
// verdict. What it gives for one text must not depend on what it gave for another.

import { createRequire } from 'node:module';
import type * as ts from 'typescript';
import plugin from '../../transformer/index';
import { instrument } from '../../transformer/instrument';

const require = createRequire(__filename);
const load = (name: string) => require(name) as typeof ts;

export const COMPILERS = ['typescript', 'typescript-6.0', 'typescript-5.0'].map(load);

/** Whether this Node reads `using` and `await using` itself. */
export const HAS_USING = (() => {
  try {
    new Function('return async () => { await using x = null; }');
    return true;
  } catch {
    return false;
  }
})();

export interface Built {
  code: string;
  /** How many functions are measured. */
  functions: number;
  warnings: string[];
}

export function built(code: string, printer: 'text' | 'ast', typescript = COMPILERS[0]): Built {
  const warnings: string[] = [];
  const result = instrument(code, {
    fileName: 'program.js',
    functions: 'all',
    printer,
    format: 'script',
    sourceMap: false,
    typescript,
    warn: (text) => warnings.push(text),
  });
  return { code: result.code, functions: result.functions.length, warnings };
}

/** The output of a compiler for an older target, with or without the plugin. */
export function lowered(
  code: string,
  target: ts.ScriptTarget,
  typescript: typeof ts,
  withPlugin: boolean,
): Built {
  const warnings: string[] = [];
  const addDiagnostic = (d: ts.Diagnostic) => warnings.push(String(d.messageText));
  const { outputText } = typescript.transpileModule(code, {
    fileName: 'program.js',
    compilerOptions: {
      target,
      module: typescript.ModuleKind.CommonJS,
      allowJs: true,
      alwaysStrict: false,
      useDefineForClassFields: true,
    },
    transformers: withPlugin
      ? { before: [plugin(undefined, { functions: 'all' }, { ts: typescript, addDiagnostic } as never)] }
      : {},
  });
  return { code: outputText, functions: (outputText.match(/\.enter\(/g) ?? []).length, warnings };
}
