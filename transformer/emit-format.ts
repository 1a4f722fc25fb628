// How a file that tsc emits can reach the runtime: by an import, by require, or not at all. Serves the
// plugin. It must never make a module of a script: other scripts share its variables.

import type * as ts from 'typescript';
import type { Typescript as TS } from './selected';

/** `module`: an import declaration; `script`: a require call; `none`: the host would have neither. */
export type EmitFormat = 'module' | 'script' | 'none';

/** The way for one file; without a program the compiler's options decide. */
export function emitFormat(
  ts: TS,
  sourceFile: ts.SourceFile,
  options: ts.CompilerOptions,
  program?: ts.Program,
): EmitFormat {
  const kinds = ts.ModuleKind as Record<string, number | string>;
  const format = outputFormat(ts, sourceFile, options, program);
  const es = format >= ts.ModuleKind.ES2015 && format <= ts.ModuleKind.ESNext;
  if (!ts.isExternalModule(sourceFile)) return es ? 'none' : 'script';
  // `preserve` leaves an import as it stands, which is no syntax of a file that Node reads as CommonJS.
  const preserved = kinds.Preserve !== undefined && options.module === kinds.Preserve;
  if (preserved && (/\.cts$/.test(sourceFile.fileName) || hasExportEquals(ts, sourceFile))) return 'script';
  return 'module';
}

function outputFormat(
  ts: TS,
  sourceFile: ts.SourceFile,
  options: ts.CompilerOptions,
  program: ts.Program | undefined,
): number {
  const { module } = options;
  // Not public in every version that has it.
  const ask = (program as { getEmitModuleFormatOfFile?: (file: ts.SourceFile) => number | undefined })
    ?.getEmitModuleFormatOfFile;
  const original = ts.getOriginalNode(sourceFile) as ts.SourceFile;
  const told = ask?.call(program, original);
  if (told !== undefined) return told;
  if (module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext) {
    const implied = original.impliedNodeFormat ?? byExtension(ts, sourceFile.fileName);
    return implied ?? ts.ModuleKind.CommonJS;
  }
  if (module !== undefined) return module;
  return (options.target ?? 0) >= ts.ScriptTarget.ES2015 ? ts.ModuleKind.ES2015 : ts.ModuleKind.CommonJS;
}

function byExtension(ts: TS, fileName: string): number | undefined {
  if (/\.m[tj]s$/.test(fileName)) return ts.ModuleKind.ESNext;
  return /\.c[tj]s$/.test(fileName) ? ts.ModuleKind.CommonJS : undefined;
}

function hasExportEquals(ts: TS, sourceFile: ts.SourceFile): boolean {
  return sourceFile.statements.some((one) => ts.isExportAssignment(one) && one.isExportEquals);
}
