// How a host's user learns what the transformer has to say: where a warning is shown, and how a wrong
// option stops a build. Serves the plugin. It must never leave a build "successful" after an error, nor
// make one fail by a warning.

import fs from 'node:fs';
import type * as ts from 'typescript';
import { CODES, type Code, MemprofError, message } from '../contract/errors';
import { filePath } from './files';
import type { Typescript as TS } from './selected';

/** What a host hands over beside the program (ts-patch: all of it; others: a part, or nothing). */
export interface PluginExtras {
  ts?: TS;
  /** The name of the library that runs: `tsc` under tspc. */
  library?: string;
  addDiagnostic?: (diagnostic: ts.Diagnostic) => unknown;
}

/** Numbers for hosts that show or filter diagnostics by number; TypeScript's own end far below. */
const FIRST_NUMBER = 990001;

/** Shows warnings, each once. */
export class Diagnostics {
  private readonly shown = new Set<string>();

  constructor(
    private readonly ts: TS | undefined,
    private readonly extras: PluginExtras,
    private readonly root: string | undefined,
  ) {}

  /** A warning at a node of a file, or about the options as a whole. */
  warn(code: Code, holes: Record<string, unknown>, sourceFile?: ts.SourceFile, node?: ts.Node): void {
    const file = sourceFile && this.ts ? (this.ts.getOriginalNode(sourceFile) as ts.SourceFile) : sourceFile;
    const start = file && node ? startOf(node, file) : 0;
    const key = `${code} ${file?.fileName} ${start} ${message(code, holes)}`;
    if (this.shown.has(key)) return;
    this.shown.add(key);
    const { addDiagnostic, library } = this.extras;
    if (addDiagnostic && library !== 'tsc' && !isTtypescript(addDiagnostic)) {
      addDiagnostic(this.diagnostic(code, holes, file, start, node));
      return;
    }
    // tsc exits with status 2 for a diagnostic of any category, and keeps it in tsbuildinfo: a warning
    // would break `tsc && node dist` and outlive its cause. So it goes beside tsc's own output.
    const place = file ? `${position(filePath(file.fileName, this.root), file, start)} - ` : '';
    write(`${place}warning ${code}: ${message(code, holes)}\n`);
  }

  private diagnostic(
    code: Code,
    holes: Record<string, unknown>,
    file: ts.SourceFile | undefined,
    start: number,
    node: ts.Node | undefined,
  ): ts.Diagnostic {
    return {
      // ts.DiagnosticCategory.Warning, the same number in every version
      category: 0,
      code: FIRST_NUMBER + CODES.indexOf(code),
      source: 'memprof',
      messageText: `${message(code, holes)} [${code}]`,
      file,
      start: file ? start : undefined,
      length: file ? Math.max(1, (node && node.end > start ? node.end : start + 1) - start) : undefined,
    };
  }
}

/**
 * Ends the build with an error. Under tsc by its own exit, before anything is recorded in tsbuildinfo (a
 * thrown error would show a page of the compiler's stack); elsewhere it is thrown, and the host shows it.
 */
export function stop(error: unknown, extras: PluginExtras): never {
  if (error instanceof MemprofError && extras.library === 'tsc') {
    showError(error);
    process.exit(1);
  }
  throw error;
}

/** An error of the table as a line beside the compiler's own. */
export function showError(error: MemprofError): void {
  const [place, text] = parts(error);
  write(`${place && `${place} - `}error ${error.code}: ${text}\n`);
}

/** `file:line:column` and the rest of an error's message, without its code. */
function parts(error: MemprofError): [string, string] {
  const [, place, text] = /^(\S.*?:\d+:\d+)? ?(.*)$/s.exec(error.message) ?? [];
  return [place ?? '', (text ?? '').replace(` [${error.code}]`, '')];
}

/** ttypescript takes diagnostics and never shows one; its collector is known by its text. */
function isTtypescript(addDiagnostic: unknown): boolean {
  return String(addDiagnostic).includes('transformerErrors');
}

/** `file:line:column`, from 1. */
export function position(file: string, sourceFile: ts.SourceFile, pos: number): string {
  const { line, character } = sourceFile.getLineAndCharacterOfPosition(pos);
  return `${file}:${line + 1}:${character + 1}`;
}

function startOf(node: ts.Node, file: ts.SourceFile): number {
  if (node.pos < 0) return 0;
  return Math.min(node.getStart(file, false), file.text.length);
}

/** Beside the compiler's own output. Synchronous: an exit may follow. */
export function write(text: string): void {
  try {
    fs.writeSync(2, text);
  } catch {
    process.stderr.write(text);
  }
}
