// What does one run of a function take? Serves measure.ts. Must never count what lies between two readings besides the
// function: an empty one, measured in the same way at the same time, tells what that is.

import { type FunctionBytes, functionsBetween, moment } from './account';
import { figureOf } from './figure';
import { compilersSpaces, freshPage, settled } from './settled';

/** What a test hands over: sync or async. */
export type Run<T> = () => T | PromiseLike<T>;

/** Bytes of a run. */
export interface Bytes {
  /** Allocated on the heap, whatever was collected since. */
  allocated: number;
  /** Of the heap still in use after collections, while `value` is kept. Negative where the function let go of something. */
  retained: number;
  /** Of Buffers and ArrayBuffers, off the heap, the same. */
  external: number;
}

export interface Taken extends Bytes {
  /** By how much the spaces changed meanwhile in which the compiler keeps its own. */
  compilers: number;
  /** The instrumented functions that ran. */
  functions: FunctionBytes[];
}

/** Where the value of a run is held, until the next one begins. */
export interface Kept {
  value: unknown;
}

/** Of a function that does nothing. */
export interface Tares {
  sync: number;
  waited: number;
}

const TARES = 5;
const NO_TARES: Tares = { sync: 0, waited: 0 };
// What runs for the first time takes kilobytes for its code, and so would all that is measured here.
const DRY_RUNS = 8;
let dryRuns = 0;
const done = Promise.resolve();
const nothing = () => undefined;
const waits = () => done;

/** @param keeping is it looked at what is kept? Else `retained` and `external` are NaN. */
export async function once(fn: Run<unknown>, tare: Tares, kept: Kept, keeping: boolean): Promise<Taken> {
  kept.value = undefined;
  const before = keeping ? await settled() : undefined;
  await freshPage();
  const spaces = compilersSpaces();
  const { before: from, after: to, waited } = await allocatedBy(fn, kept);
  const bytes = to.bytes - from.bytes;
  const compilers = Math.abs(compilersSpaces() - spaces);
  const after = keeping ? await settled() : undefined;
  return {
    allocated: Math.max(0, bytes - (waited ? tare.waited : tare.sync)),
    retained: before && after ? after.heap - before.heap : Number.NaN,
    external: before && after ? after.external - before.external : Number.NaN,
    compilers,
    functions: functionsBetween(from.functions, to.functions),
  };
}

async function allocatedBy(fn: Run<unknown>, kept: Kept) {
  const before = moment();
  let value = fn();
  const waited = isThenable(value);
  if (waited) value = await value;
  const after = moment();
  kept.value = value;
  return { before, after, waited };
}

/** What lies between the two readings besides the function. */
export async function tares(kept: Kept): Promise<Tares> {
  for (; dryRuns < DRY_RUNS; dryRuns++)
    await once(dryRuns % 2 === 0 ? waits : nothing, NO_TARES, kept, dryRuns === 0);
  const sync: number[] = [];
  const waited: number[] = [];
  for (let n = 0; n < TARES; n++) {
    sync.push((await once(nothing, NO_TARES, kept, false)).allocated);
    waited.push((await once(waits, NO_TARES, kept, false)).allocated);
  }
  return { sync: figureOf(sync, 0).middle, waited: figureOf(waited, 0).middle };
}

function isThenable(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
