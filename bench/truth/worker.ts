// One mode of one source: the truth, or what one tool says. Serves bench/truth/main.ts as a process of its
// own; it must never mix two modes in one heap.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import * as memprof from 'memprof';
import { instrument } from 'memprof/transformer';
import { median } from '../median';
import { allocated } from './oracle';
import { byHeapUsed, byHooks, byMemprof, type Figures, type Functions, type Tool } from './tools';

export interface Job {
  source: string;
  mode: 'truth' | 'memprof' | 'heapUsed' | 'hooks';
  /** For the truth, 1 is the truth proper; more is "alone at the same concurrency". */
  inFlight: number;
  calls: number;
  rounds: number;
  port: number;
  folder: string;
}

/** The shares of a mix: the largest function comes first in a service, and is the rarest. */
const SHARES = [0.05, 0.15, 0.25, 0.35, 0.2];

const root = join(__dirname, '..', '..');
// Drivers are no dependency of ours: they lie in a folder of their own.
function requireDriver(name: string): unknown {
  try {
    return createRequire(join(root, '.cache', 'truth', 'package.json'))(name);
  } catch (error) {
    throw new Error(`${name} is missing: npm install --prefix .cache/truth pg mysql2 ioredis`, {
      cause: error,
    });
  }
}

/** `instrumented`: names of the functions that are; what stands for a driver is not. */
function load(source: string, instrumented: string[] = []): any {
  const fileName = join(__dirname, 'services', `${source}.js`);
  const text = readFileSync(fileName, 'utf8');
  const code = instrumented.length > 0 ? instrument(text, { fileName, functions: instrumented }).code : text;
  const exports = {};
  compileFunction(code, ['require', 'exports'], { filename: fileName })(require, exports);
  return exports;
}

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(names: string[], calls: number, seed: number): string[] {
  const shares = SHARES.slice(0, names.length);
  const sum = shares.reduce((a, b) => a + b);
  const order = names.flatMap((name, i) =>
    new Array<string>(Math.ceil((calls * shares[i]) / sum)).fill(name),
  );
  const next = random(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

async function run(functions: Functions, order: string[], inFlight: number): Promise<void> {
  let at = 0;
  const lane = async () => {
    while (at < order.length) await functions[order[at++]]();
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, order.length) }, lane));
}

async function truth(
  functions: Functions,
  known: Record<string, number>,
  { inFlight, calls }: Job,
): Promise<Record<string, number>> {
  const result: Record<string, number> = { ...known };
  const withEmpty: Functions = { ...functions, empty: () => undefined };
  for (const name of Object.keys(functions).filter((one) => !(one in known))) {
    const order = (n: number, of: string) => new Array<string>(n).fill(of);
    await run(withEmpty, order(Math.max(30, inFlight), name), inFlight);
    const began = performance.now();
    const guess = (await allocated(() => run(withEmpty, order(30, name), inFlight))) / 30;
    const each = (performance.now() - began) / 30;
    // Enough calls that V8's pages, which come and go by the hundred KB, do not show; no more than take seconds.
    const wanted = Math.min(4 * calls, Math.ceil(60e6 / Math.max(guess, 1)), Math.ceil(3000 / each));
    const n = Math.max(20, inFlight, wanted);
    await run(withEmpty, order(n, 'empty'), inFlight);
    const seen: number[] = [];
    for (let round = 0; round < 3; round++) {
      const full = await allocated(() => run(withEmpty, order(n, name), inFlight));
      const empty = await allocated(() => run(withEmpty, order(n, 'empty'), inFlight));
      seen.push((full - empty) / n);
    }
    result[name] = median(seen);
  }
  return result;
}

async function asSeen(tool: Tool, { inFlight, calls, rounds }: Job): Promise<Figures> {
  const names = Object.keys(tool.functions);
  // So many that a load is one, and not a beginning and an end.
  const n = Math.max(calls, inFlight * 5);
  await run(tool.functions, shuffled(names, n, 1), inFlight);
  const seen: Figures[] = [];
  for (let round = 0; round < rounds; round++) {
    tool.reset();
    await run(tool.functions, shuffled(names, n, 2 + round), inFlight);
    seen.push(structuredClone(tool.figures()));
  }
  const result: Figures = {};
  for (const name of names) {
    const bytes = median(seen.map((s) => s[name].bytes / s[name].calls));
    result[name] = { calls: seen[0][name].calls, bytes, max: Math.max(...seen.map((s) => s[name].max ?? 0)) };
  }
  return result;
}

// Whoever started it may be stopped first.
process.on('disconnect', () => process.exit());
process.once('message', async (job: Job) => {
  memprof.configure({ log: 'off', spike: '100 GB' });
  if (job.mode !== 'memprof') memprof.disable();
  const plain = load(job.source);
  const service = job.mode === 'memprof' ? load(job.source, Object.keys(plain.functions)) : plain;
  await service.open({ port: job.port, folder: job.folder, require: requireDriver });
  const tools = { memprof: byMemprof, heapUsed: byHeapUsed, hooks: byHooks };
  const answer =
    job.mode === 'truth'
      ? await truth(service.functions, service.known ?? {}, job)
      : await asSeen(tools[job.mode](service.functions), job);
  process.send!(answer, () => process.exit());
});
