// The conformance run: takes a folder in the layout of ECMAScript's suite (harness/, test/), runs what lies
// in it plain and instrumented, and lists what instrumenting broke. It must never count a test as passed
// that did not run.
//
// npm run conformance -- --help tells how.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Told after each batch how many of all files are done. */
  progress?: (done: number, of: number) => void;
}

export interface Summary {
  /** `ok text`, `alone ast`, `excluded`, ...: how many. */
  counts: Record<string, number>;
  regressions: Line[];
}

/** Runs the suite at `root`; a process that dies is a regression of the test that ran, where it was instrumented. */
export async function conformance({
  root,
  printers,
  filter,
  every = 1,
  jobs = 1,
  progress,
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
  let done = 0;
  const worker = async () => {
    for (let list = batches.shift(); list; list = batches.shift()) {
      await batch(root, printers, list, take);
      done = Math.min(done + BATCH, files.length);
      progress?.(done, files.length);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  rmSync(folder, { recursive: true });
  return summary;
}

// A test can end its process: the one that was running is blamed, and the rest of the list gets a new one.
async function batch(root: string, printers: Printer[], list: string, take: (line: Line) => void) {
  const names = readFileSync(list, 'utf8').split('\n');
  while (names.length > 0) {
    writeFileSync(list, names.join('\n'));
    const { status, last } = await processed(root, printers, list, take);
    if (status === 0) return;
    const why = `the process died (${status})`;
    if (!last) throw new Error(`a batch ended before its first test: ${why}`);
    take({ ...last, result: last.printer ? 'regression' : 'plain', why });
    names.splice(0, names.indexOf(path.join(root, 'test', last.file)) + 1);
  }
}

async function processed(root: string, printers: Printer[], list: string, take: (line: Line) => void) {
  const flags = ['-r', require.resolve('tsx/cjs'), '--experimental-vm-modules', '--no-warnings'];
  const args = [...flags, path.join(__dirname, 'batch.ts'), root, printers.join(), list];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | string | null>((resolve) =>
    child.on('close', (status, signal) => resolve(status ?? signal)),
  );
  let last: Line | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.result === 'begin') last = line;
    else take(line);
  }
  return { status: await ended, last };
}

const USAGE = `usage: npm run conformance -- ROOT [--only text,ast,reprint] [--filter REGEX] [--every N] [--jobs N]

ROOT      a folder that holds harness/ and test/, in the layout of ECMAScript's conformance suite
--only    the printers: text, ast, and reprint (TypeScript's printer alone, without instrumentation)
--filter  only tests whose path below test/ matches, e.g. '^language/'
--every   every n-th test only
--jobs    processes at once

Exit status: 0 no regression, 1 regressions, 2 bad usage.`;

const PRINTERS: readonly Printer[] = ['text', 'ast', 'reprint'];

class Misuse extends Error {}

function count(name: string, value: string): number {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new Misuse(`--${name} is "${value}": a whole number from 1 on`);
  return n;
}

function options(): Options | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: PRINTERS.join() },
      filter: { type: 'string' },
      every: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length !== 1) throw new Misuse('one folder is needed');
  const printers = values.only.split(',') as Printer[];
  const unknown = printers.find((one) => !PRINTERS.includes(one));
  if (unknown !== undefined) throw new Misuse(`--only names "${unknown}": ${PRINTERS.join(', ')}`);
  return {
    root: path.resolve(positionals[0]),
    printers,
    filter: values.filter ? new RegExp(values.filter) : undefined,
    every: count('every', values.every),
    jobs: count('jobs', values.jobs),
    progress: (done, of) => process.stderr.write(`\r${done} of ${of} tests${done < of ? '' : '\n'}`),
  };
}

async function main(): Promise<number> {
  let asked: Options | undefined;
  try {
    asked = options();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (!asked) {
    console.log(USAGE);
    return 0;
  }
  const { counts, regressions } = await conformance(asked);
  const { faults, printers } = judged(regressions);
  for (const line of faults) console.log(`${line.printer} ${line.variant} ${line.file}\n    ${line.why}`);
  for (const [key, n] of Object.entries(counts).sort()) console.log(`${String(n).padStart(7)}  ${key}`);
  console.log(`TypeScript's printer alone breaks ${printers} runs, whether instrumented or not.`);
  console.log(`${faults.length} regressions`);
  return faults.length ? 1 : 0;
}

/** What TypeScript's own printer breaks in the same way, without instrumentation, is no fault of the emitter. */
export function judged(regressions: Line[]): { faults: Line[]; printers: number } {
  const key = (line: Line) => `${line.file} ${line.variant} ${line.why}`;
  const alone = regressions.filter((line) => line.printer === 'reprint');
  const own = new Set(alone.map(key));
  const faults = regressions.filter(
    (line) => line.printer !== 'reprint' && !(line.printer === 'ast' && own.has(key(line))),
  );
  return { faults, printers: alone.length };
}

if (require.main === module) {
  main().then((status) => {
    process.exitCode = status;
  });
}
