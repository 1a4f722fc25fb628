// How much memory does a function take? Runs it between two readings of the account and of the heap. Serves tests that
// hold a limit. Must never count what memprof itself or this file allocates, nor call a function more often than asked.

import { type FunctionBytes, functionsBetween, moment } from './account';
import { alone } from './alone';
import { settled } from './settled';
import { median } from '../profile/slope';
import { wantCount, wantFunction, wantKeys } from './wanted';

/** What one run took; with several runs the medians, and for functions the mean. Bytes. */
export interface Measured<T> {
  /** What the last run gave. */
  value: T;
  /** Allocated on the heap, whatever was collected since. */
  allocated: number;
  /** Of the heap still in use after collections, while `value` is kept. Negative where the function let go of something. */
  retained: number;
  /** Of Buffers and ArrayBuffers, off the heap, the same. */
  external: number;
  /** The instrumented functions that ran, the costliest first. Empty where there are none. */
  functions: FunctionBytes[];
}

export interface MeasureOptions {
  /** How often the function is run and measured. Default 1. */
  runs?: number;
  /** How often it is run before that, unmeasured. Default 0: a function is called as often as it says. */
  warmUp?: number;
}

/** What a test hands over: sync or async. */
export type Run<T> = () => T | PromiseLike<T>;

/**
 * Runs `fn` and tells what it took.
 * @throws {MemprofError} MEMPROF_E_TEST_OFF, MEMPROF_E_TEST_GC, MEMPROF_E_TEST (options), MEMPROF_E_TEST_OVERLAP; and
 * whatever `fn` throws.
 */
export async function measure<T>(fn: Run<T>, options: MeasureOptions = {}): Promise<Measured<Awaited<T>>> {
  const { runs = 1, warmUp = 0 } = options;
  wantFunction('measure', fn);
  wantKeys(options, ['runs', 'warmUp']);
  wantCount('runs', runs, 1);
  wantCount('warmUp', warmUp, 0);
  return alone('measure', async () => {
    const tare = await tares();
    for (let n = 0; n < warmUp; n++) await fn();
    const before = moment().functions;
    const taken: Taken[] = [];
    const last: { value?: unknown } = {};
    for (let n = 0; n < runs; n++) {
      last.value = undefined;
      taken.push(await once(fn, tare, last));
    }
    const functions = functionsBetween(before, moment().functions);
    return {
      value: last.value as Awaited<T>,
      allocated: middle(taken.map((one) => one.allocated)),
      retained: middle(taken.map((one) => one.retained)),
      external: middle(taken.map((one) => one.external)),
      functions: functions.map((one) => meanOf(one, runs)),
    };
  });
}

type Taken = Pick<Measured<unknown>, 'allocated' | 'retained' | 'external'>;

async function once(fn: Run<unknown>, tare: Tares, kept: { value?: unknown }): Promise<Taken> {
  const before = await settled();
  const { allocated, waited } = await allocatedBy(fn, kept);
  const after = await settled();
  return {
    allocated: Math.max(0, allocated - (waited ? tare.waited : tare.sync)),
    retained: after.heap - before.heap,
    external: after.external - before.external,
  };
}

async function allocatedBy(fn: Run<unknown>, kept: { value?: unknown }) {
  const before = moment().bytes;
  let value = fn();
  const waited = isThenable(value);
  if (waited) value = await value;
  const allocated = moment().bytes - before;
  kept.value = value;
  return { allocated, waited };
}

interface Tares {
  sync: number;
  waited: number;
}

// What lies between the two readings besides the function: as functions show it that allocate nothing.
async function tares(): Promise<Tares> {
  const done = Promise.resolve();
  const kept = {};
  // What runs for the first time takes kilobytes for its code, and so would all that is measured here.
  for (; dryRuns < DRY_RUNS; dryRuns++)
    await once(() => (dryRuns % 2 === 0 ? done : undefined), NO_TARES, kept);
  const sync: number[] = [];
  const waited: number[] = [];
  for (let n = 0; n < TARES; n++) {
    sync.push((await allocatedBy(() => undefined, kept)).allocated);
    waited.push((await allocatedBy(() => done, kept)).allocated);
  }
  return { sync: middle(sync), waited: middle(waited) };
}

const TARES = 9;
const NO_TARES: Tares = { sync: 0, waited: 0 };
const DRY_RUNS = 4;
let dryRuns = 0;

function isThenable(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** Of the sums over `runs` runs. */
export function meanOf(one: FunctionBytes, runs: number): FunctionBytes {
  if (runs === 1) return one;
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

function middle(values: number[]): number {
  return median([...values].sort((a, b) => a - b));
}
