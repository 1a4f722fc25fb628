// Runs a list of conformance tests in this process, each plain, then through every printer, and prints a
// line of JSON for each. It serves main.ts, which gives each batch a process: a test can end one.
//
// node -r tsx/cjs --experimental-vm-modules batch.ts ROOT PRINTERS LISTFILE

import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { instrument } from '../../transformer/instrument';
import { recorder } from '../support/recorder';
import { excluded } from './exclusions';
import { frontMatter, type Variant, variantsOf } from './front-matter';
import { runTest } from './realm';

export type Printer = 'text' | 'ast' | 'reprint';

export interface Line {
  file: string;
  variant?: Variant;
  printer?: Printer;
  /** `begin` of a run; `ok`; `excluded`, `plain` (fails by itself), `alone` (nothing to instrument); `regression`. */
  result: 'begin' | 'ok' | 'excluded' | 'plain' | 'alone' | 'regression';
  why?: string;
}

const say = (line: Line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function one(root: string, file: string, printers: Printer[]): Promise<void> {
  const source = readFileSync(file, 'utf8');
  const name = path.relative(path.join(root, 'test'), file).split(path.sep).join('/');
  const why = excluded(`/${name}`, source);
  if (why) {
    say({ file: name, result: 'excluded', why });
    return;
  }
  const meta = frontMatter(source);
  for (const variant of variantsOf(meta)) {
    say({ file: name, variant, result: 'begin' });
    const code = variant === 'strict' ? `"use strict";\n${source}` : source;
    const plain = await runTest({ root, file, code, meta });
    if (plain !== 'ok') {
      say({ file: name, variant, result: 'plain', why: plain });
      continue;
    }
    for (const printer of printers) {
      const line = { file: name, variant, printer };
      say({ ...line, result: 'begin' });
      try {
        const format = variant === 'module' ? 'module' : 'script';
        const built = printer === 'reprint' ? reprint(code, format) : emit(code, format, printer);
        if (!built) {
          say({ ...line, result: 'alone' });
          continue;
        }
        const recording = recorder({ explain: true });
        const result = await runTest({ root, file, code: built, meta, recorder: recording });
        const fault = result === 'ok' ? recording.problems[0] : result;
        say(fault ? { ...line, result: 'regression', why: fault } : { ...line, result: 'ok' });
      } catch (error) {
        say({ ...line, result: 'regression', why: String((error as Error)?.stack).slice(0, 300) });
      }
    }
  }
}

function emit(code: string, format: 'module' | 'script', printer: 'text' | 'ast'): string | undefined {
  const fileName = format === 'module' ? 'test.mjs' : 'test.js';
  const silent = { sourceMap: false, warn() {} };
  const result = instrument(code, { fileName, functions: 'all', format, printer, ...silent });
  return result.functions.length ? result.code : undefined;
}

/** What TypeScript's own printer makes of the test: its faults are not the emitter's. */
function reprint(code: string, format: 'module' | 'script'): string {
  const { outputText } = ts.transpileModule(code, {
    fileName: 'test.js',
    compilerOptions: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleDetection: format === 'module' ? ts.ModuleDetectionKind.Force : ts.ModuleDetectionKind.Auto,
      allowJs: true,
      alwaysStrict: false,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

async function main([root, printers, list]: string[]): Promise<void> {
  // A rejection that a test leaves behind is its own affair.
  process.on('unhandledRejection', () => {});
  process.on('uncaughtException', () => {});
  for (const file of readFileSync(list, 'utf8').split('\n').filter(Boolean)) {
    await one(root, file, printers.split(',') as Printer[]);
  }
  process.exit(0);
}

main(process.argv.slice(2));
