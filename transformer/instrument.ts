// instrument(): a file's text in, the text with the account in it out, for every toolchain whose compiler
// takes no transformer. It parses and does not transpile. It must never change a file by half, nor one
// in which nothing is selected.

import type * as ts from 'typescript';
import { type Code, message } from '../contract/errors';
import { resolveTypeScript } from './compiler';
import { filePath } from './files';
import { type PluginOptions, readOptions } from './options';
import { type Origin, originOf } from './origin';
import { printAst } from './print-ast';
import { printText, type TextMap } from './print-text';
import { textFormat } from './runtime-import';
import { selectFunctions, tagsOfSource } from './select';
import type { Report, Typescript } from './selected';
import { type Plan, planFile } from './visit';

export interface InstrumentOptions extends PluginOptions {
  /** The file's path: its extension says how it is read, its place what it is called. */
  fileName: string;
  /** `false`: no map is made. */
  sourceMap?: boolean;
  /** The map that `code` came with, as an object or its JSON: the result's leads to the first source. */
  inputSourceMap?: string | object;
  /** The first source: what the file is called by, and whose tags count as well; default: as the input map says. */
  source?: Origin;
  /** The compiler to parse with; default: the project's `typescript`, else memprof's. */
  typescript?: Typescript;
  /** `text` splices; `ast` prints the tree, without types and comments as they stood: for tests. */
  printer?: 'text' | 'ast';
  /** How the runtime is reached; default: by the file's name and syntax, and the package around it. */
  format?: 'module' | 'script';
  /** The folder from which globs and labels count; default: the working directory. */
  root?: string;
  /** Takes each warning; default: standard error. */
  warn?(text: string, code: Code): void;
}

export interface InstrumentResult {
  code: string;
  /** A version 3 map; `undefined` where none is wanted, or nothing changed and none came in. */
  map: TextMap | undefined;
  /** What is measured, in the order of the source, with lines of the first source; empty: `code` is what came in. */
  functions: { name: string; line: number }[];
}

/**
 * Rewrites the selected functions of one file.
 * @throws MemprofError MEMPROF_E_OPTION, MEMPROF_E_OPTION_VALUE, MEMPROF_E_PATTERN, MEMPROF_E_TAG_SIZE,
 *   MEMPROF_E_TYPESCRIPT (none is found that can parse)
 */
export function instrument(code: string, options: InstrumentOptions): InstrumentResult {
  const { fileName, sourceMap, inputSourceMap, typescript, printer, format, root, warn, ...rest } = options;
  const input = typeof inputSourceMap === 'string' ? JSON.parse(inputSourceMap) : inputSourceMap;
  const { source = input && originOf(input, fileName), ...plugin } = rest;
  const tagged = source?.text?.includes('@memprof') || code.includes('@memprof');
  const untouched: InstrumentResult = { code, map: input as TextMap | undefined, functions: [] };
  const selection = readOptions(plugin);
  selection.root = root;
  if (selection.strip || !(selection.configured || tagged)) return untouched;

  const ts = compilerOf(typescript);
  const parsed = parse(ts, code, fileName);
  const report: Report = (name, node, holes) => {
    const at = parsed.getLineAndCharacterOfPosition(node.pos < 0 ? 0 : node.getStart());
    const place = `${filePath(fileName, root)}:${at.line + 1}:${at.character + 1}`;
    const text = `${place} - ${message(name, holes)} [${name}]`;
    if (warn) warn(text, name);
    else process.stderr.write(`${text}\n`);
  };
  const moduleFormat = format ?? textFormat(ts, parsed);
  selection.origin = source?.path;
  if (source?.text?.includes('@memprof')) {
    selection.tags = tagsOfSource(ts, parse(ts, source.text, source.path ?? fileName));
  }
  const lineOf = source && input && linesOf(input);
  const planOf = (sourceFile: ts.SourceFile): Plan | undefined => {
    const selected = selectFunctions(ts, sourceFile, selection, report);
    if (selected.length === 0) return undefined;
    const plan = planFile(ts, sourceFile, selected, {
      path: filePath(source?.path ?? fileName, root),
      format: moduleFormat,
      lineOf: lineOf && ((pos) => lineOf(sourceFile.getLineAndCharacterOfPosition(pos))),
      report,
    });
    return plan.functions.length ? plan : undefined;
  };
  try {
    const wanted = sourceMap !== false;
    const out =
      printer === 'ast'
        ? transpile(ts, code, fileName, moduleFormat, planOf)
        : spliced(ts, parsed, planOf, wanted);
    if (!out) return untouched;
    const map = wanted ? (input ? composed(out.map, input) : out.map) : undefined;
    const functions = out.plan.functions.map(({ name, line }) => ({ name, line }));
    return { code: out.code, map, functions };
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('MEMPROF_E_')) throw error;
    report('MEMPROF_W_FILE', parsed, { reason: (error as Error)?.message ?? String(error) });
    return untouched;
  }
}

interface Printed {
  code: string;
  map: TextMap | undefined;
  plan: Plan;
}

function compilerOf(given: Typescript | undefined): Typescript {
  if (typeof given?.createSourceFile === 'function') return given;
  return resolveTypeScript([process.cwd(), __dirname]);
}

/** The tree of a text, read as its extension says. */
function parse(ts: Typescript, code: string, fileName: string): ts.SourceFile {
  const { JS, JSX, TS, TSX } = ts.ScriptKind;
  // Plain JavaScript may hold JSX too, and nothing in it reads otherwise then.
  const kinds: Record<string, ts.ScriptKind> = {
    '.tsx': TSX,
    '.ts': TS,
    '.mts': TS,
    '.cts': TS,
    '.jsx': JSX,
  };
  // Bundlers name parts of a file by a query: `App.vue?lang.ts`, `a.tsx?v=1`.
  const extension = /\.\w+(?=\?|$)/g;
  const kind =
    fileName
      .match(extension)
      ?.map((e) => kinds[e])
      .find((k) => k !== undefined) ?? JS;
  const target: ts.CreateSourceFileOptions = { languageVersion: ts.ScriptTarget.ESNext };
  if (/\.m[jt]s$/.test(fileName)) {
    // A module by its name: `await` is a keyword at its top, whatever it imports.
    target.setExternalModuleIndicator = (file) => {
      (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
    };
  }
  return ts.createSourceFile(fileName, code, target, true, kind);
}

function spliced(
  ts: Typescript,
  sourceFile: ts.SourceFile,
  planOf: (file: ts.SourceFile) => Plan | undefined,
  sourceMap: boolean,
): Printed | undefined {
  const plan = planOf(sourceFile);
  return plan && { ...printText(ts, sourceFile, plan, sourceMap), plan };
}

// Through the compiler's own printer, as in a build by tsc that lowers nothing.
function transpile(
  ts: Typescript,
  code: string,
  fileName: string,
  format: 'module' | 'script',
  planOf: (file: ts.SourceFile) => Plan | undefined,
): Printed | undefined {
  let plan: Plan | undefined;
  const { outputText, sourceMapText } = ts.transpileModule(code, {
    fileName,
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleDetection: format === 'module' ? ts.ModuleDetectionKind.Force : ts.ModuleDetectionKind.Auto,
      jsx: ts.JsxEmit.Preserve,
      allowJs: true,
      sourceMap: true,
      alwaysStrict: false,
      verbatimModuleSyntax: /\.[cm]?jsx?$/.test(fileName),
    },
    transformers: {
      before: [
        (context) => (file) => {
          plan = planOf(file);
          return plan ? printAst(ts, context, file, plan) : file;
        },
      ],
    },
  });
  if (!plan) return undefined;
  const map = JSON.parse(sourceMapText as string) as TextMap;
  return {
    code: outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'),
    map: { ...map, sources: [fileName], sourcesContent: [code] },
    plan,
  };
}

/**
 * Lines (from 1) of the first source. A bundle, which has several, keeps its own: a table names one file.
 */
function linesOf(input: object): (at: ts.LineAndCharacter) => number {
  const { TraceMap, originalPositionFor } =
    require('@jridgewell/trace-mapping') as typeof import('@jridgewell/trace-mapping');
  const trace = new TraceMap(input as never);
  return ({ line, character: column }) =>
    originalPositionFor(trace, { line: line + 1, column }).line ?? line + 1;
}

function composed(map: TextMap | undefined, input: object): TextMap | undefined {
  if (!map) return undefined;
  // Its declarations do not parse under node16 resolution, so what is used of it stands here.
  type Remap = (map: object, loader: () => object | null) => { toString(): string };
  const remapping = require('@jridgewell/remapping') as Remap & { default?: Remap };
  const compose = remapping.default ?? remapping;
  // The input map is asked for once, for the text that it came with; what it names are the first sources.
  let asked = false;
  const result = compose(map, () => {
    if (asked) return null;
    asked = true;
    return input;
  });
  return JSON.parse(result.toString()) as TextMap;
}
