// What did a piece of the program allocate, and which functions did? Reads the runtime's account at two moments. Serves
// once.ts, measure.ts, leak.ts and heaviest.ts. Must never count what memprof or these tests' own tools allocate.

import { MemprofError } from '../contract/errors';
import { median } from '../contract/slope';
import { safe } from '../profile/shown';
import { isWanted, settings } from '../runtime/config';
import { instance } from '../runtime/instance';
import type { FunctionStats } from '../runtime/stats';

/** An instrumented function's part, bytes. */
export interface FunctionBytes {
  name: string;
  file: string;
  line: number;
  calls: number;
  /** What it allocated itself, not the functions that it called. */
  bytes: number;
  /** `bytes`, and what the functions that it called allocated. */
  total: number;
  /** Claimed by it and those it called while they waited: estimated. */
  awaited: number;
  /** Buffers and ArrayBuffers that it made. */
  external: number;
  /** Not each call was measured: all its figures are estimated. */
  estimated: boolean;
}

/** A moment of the account. */
export interface Moment {
  /** Allocated by the program so far, bytes: memprof's own apart. */
  bytes: number;
  functions: FunctionStats[];
}

const { api } = instance;
const PROOF = 1000;
const TRIES = 10;

/**
 * Sees to it that the runtime counts.
 * @throws {MemprofError} MEMPROF_E_TEST_OFF where the environment has it off.
 */
export function startAccount(): void {
  if (counts()) return;
  if (isWanted()) api.enable();
  if (counts()) return;
  const name = process.env.MEMPROF === undefined ? 'ENABLE_MEMORY_PROFILING_DECORATOR' : 'MEMPROF';
  throw new MemprofError('MEMPROF_E_TEST_OFF', { key: `${name}=${safe(process.env[name] ?? '')}` });
}

// Any copy of the runtime may be the one that counts: only its figures say whether it does. One that counts may take one of
// these objects for the compiler's; in one that does not, nothing moves.
function counts(): boolean {
  const { bytes } = moment();
  for (let n = 0; n < TRIES; n++) {
    new Array(PROOF).fill(0);
    if (moment().bytes > bytes) return true;
  }
  return false;
}

export function moment(): Moment {
  const { owned, unowned, functions } = api.stats();
  return { bytes: owned + unowned, functions };
}

/** What functions did between two moments, the costliest first. */
export function functionsBetween(before: FunctionStats[], after: FunctionStats[]): FunctionBytes[] {
  const earlier = new Map(before.map((one) => [keyOf(one), one]));
  const result: FunctionBytes[] = [];
  for (const one of after) {
    const was = earlier.get(keyOf(one));
    const calls = one.calls - (was?.calls ?? 0);
    if (calls <= 0) continue;
    result.push({
      name: one.name,
      file: one.file,
      line: one.line,
      calls,
      bytes: one.self - (was?.self ?? 0),
      total: one.total - (was?.total ?? 0),
      awaited: one.awaited - (was?.awaited ?? 0),
      external: one.external - (was?.external ?? 0),
      estimated: calls !== one.measured - (was?.measured ?? 0),
    });
  }
  return result.sort((a, b) => weight(b) - weight(a));
}

/** Of a row of runs the middle, for each function that runs in most of them. */
export function middleOf(runs: FunctionBytes[][]): FunctionBytes[] {
  const functions = new Map<string, FunctionBytes[]>();
  for (const one of runs.flat()) {
    const known = functions.get(keyOf(one));
    if (known) known.push(one);
    else functions.set(keyOf(one), [one]);
  }
  const result: FunctionBytes[] = [];
  for (const all of functions.values()) {
    const middle = (of: (one: FunctionBytes) => number) =>
      median([...all.map(of), ...Array(runs.length - all.length).fill(0)].sort((a, b) => a - b));
    const calls = middle((one) => one.calls);
    if (calls === 0) continue;
    result.push({
      ...all[0],
      calls,
      bytes: middle((one) => one.bytes),
      total: middle((one) => one.total),
      awaited: middle((one) => one.awaited),
      external: middle((one) => one.external),
      estimated: all.some((one) => one.estimated),
    });
  }
  return result.sort((a, b) => weight(b) - weight(a));
}

/** Of the sums over `runs` runs. */
export function meanOf(one: FunctionBytes, runs: number): FunctionBytes {
  const { calls, bytes, total, awaited, external } = one;
  return {
    ...one,
    calls: calls / runs,
    bytes: bytes / runs,
    total: total / runs,
    awaited: awaited / runs,
    external: external / runs,
  };
}

function weight({ bytes, awaited, external }: FunctionBytes): number {
  return bytes + awaited + external;
}

function keyOf({ name, file, line }: Pick<FunctionStats, 'name' | 'file' | 'line'>): string {
  return JSON.stringify([file, line, name]);
}

/** Has each call measured from now on, and returns a function that sets the budget as it was. */
export function measureAll(): () => void {
  const { budget } = settings;
  api.configure({ budget: 1 });
  return () => api.configure({ budget });
}
