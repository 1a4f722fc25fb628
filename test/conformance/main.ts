// The conformance run: takes a folder in the layout of ECMAScript's suite (harness/, test/), runs what lies
// in it plain and instrumented, and lists what instrumenting broke. It must never count a test as passed
// that did not run.
//
// tsx test/conformance/main.ts ROOT [--only text,ast,reprint] [--filter REGEX] [--every N] [--jobs N]

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Line, Printer } from './batch';

const BATCH = 200;

export interface Options {
  root: string;
  printers: Printer[];
  filter?: RegExp;
  /** Every n-th test only. */
  every?: number;
  jobs?: number;
}

export interface Summary {
  /** `ok text`, `alone ast`, `excluded`, ...: how many. */
  counts: Record<string, number>;
  regressions: Line[];
}

/** Runs the suite at `root`; a batch whose process dies is a regression of its last test. */
export async function conformance({
  root,
  printers,
  filter,
  every = 1,
  jobs = 1,
}: Options): Promise<Summary> {
  const tests = path.join(root, 'test');
  if (!existsSync(tests)) throw new Error(`${root} holds no folder "test"`);
  const files = (readdirSync(tests, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.js') && !file.includes('_FIXTURE'))
    .sort()
    .filter((file) => !filter || filter.test(file.split(path.sep).join('/')))
    .filter((_, n) => n % every === 0)
    .map((file) => path.join(tests, file));
  const summary: Summary = { counts: {}, regressions: [] };
  const take = (line: Line) => {
    const key = line.printer ? `${line.result} ${line.printer}` : line.result;
    summary.counts[key] = (summary.counts[key] ?? 0) + 1;
    if (line.result === 'regression') summary.regressions.push(line);
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-conformance-'));
  const batches: string[] = [];
  for (let n = 0; n < files.length; n += BATCH) {
    const list = path.join(folder, `${batches.length}.txt`);
    writeFileSync(list, files.slice(n, n + BATCH).join('\n'));
    batches.push(list);
  }
  const worker = async () => {
    for (let list = batches.shift(); list; list = batches.shift()) await batch(root, printers, list, take);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  rmSync(folder, { recursive: true });
  return summary;
}

async function batch(root: string, printers: Printer[], list: string, take: (line: Line) => void) {
  const flags = ['-r', require.resolve('tsx/cjs'), '--experimental-vm-modules', '--no-warnings'];
  const args = [...flags, path.join(__dirname, 'batch.ts'), root, printers.join(), list];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let last = 'its first test';
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    last = line.file;
    take(line);
  }
  const status = await ended;
  if (status !== 0) take({ file: last, result: 'regression', why: `the batch died after this (${status})` });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: 'text,ast,reprint' },
      filter: { type: 'string' },
      every: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '1' },
    },
  });
  const [root] = positionals;
  if (!root) {
    console.error(
      'usage: conformance ROOT [--only text,ast,reprint] [--filter REGEX] [--every N] [--jobs N]',
    );
    process.exit(2);
  }
  const { counts, regressions } = await conformance({
    root: path.resolve(root),
    printers: values.only?.split(',') as Printer[],
    filter: values.filter ? new RegExp(values.filter) : undefined,
    every: Number(values.every),
    jobs: Number(values.jobs),
  });
  // What TypeScript's printer breaks by itself is said, but is no fault of ours.
  const key = (line: Line) => `${line.file} ${line.variant}`;
  const own = new Set(regressions.filter((l) => l.printer === 'reprint').map(key));
  const faults = regressions.filter(
    (l) => l.printer !== 'reprint' && !(l.printer === 'ast' && own.has(key(l))),
  );
  for (const line of faults) console.log(`${line.printer} ${line.variant} ${line.file}\n    ${line.why}`);
  console.log(counts, `${faults.length} regressions; TypeScript’s own printer: ${own.size}`);
  process.exitCode = faults.length ? 1 : 0;
}

if (require.main === module) main();
