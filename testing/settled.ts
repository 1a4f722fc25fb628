// What is alive, once the collector has taken what it can? Serves whoever compares two moments (measure.ts, leak.ts). Must
// never give a figure where nothing was collected, nor count what the compiler keeps as the program's.

import { setImmediate as turn } from 'node:timers/promises';
import * as v8 from 'node:v8';
import { MemprofError } from '../contract/errors';
import { collector } from '../runtime/collections';
import { isCode } from '../runtime/compiled';

/** Bytes: on the heap, compiled code left out, and what Buffers and ArrayBuffers hold off it. */
export interface Alive {
  heap: number;
  external: number;
}

// Two readings that are as near as this are one.
const NEAR = 64;
// What finalizers drop goes with the next collection but one, and what buffers held is freed by a thread of V8's.
const LEAST = 3;
const MOST = 10;
const TRIES = 5;
// Kept: a context that is made for each collection would now and then be counted.
let collect: (() => void) | undefined;

/**
 * Collects the whole heap until its size stays.
 * @throws {MemprofError} MEMPROF_E_TEST_GC where this process cannot collect it.
 */
export async function settled(): Promise<Alive> {
  collect ??= await proven();
  let last = await collected();
  for (let n = 1; n < MOST; n++) {
    const next = await collected();
    const stays = Math.abs(next.heap - last.heap) <= NEAR && next.external === last.external;
    last = next;
    if (stays && n + 1 >= LEAST) break;
  }
  return last;
}

/** One collection. What it drops by way of a finalizer is counted still. */
export async function collected(): Promise<Alive> {
  // What a WeakRef was asked for in this turn of the event loop stays until it is over.
  await turn();
  collect?.();
  let heap = 0;
  for (const space of v8.getHeapSpaceStatistics()) {
    if (!isCode(space.space_name)) heap += space.space_used_size;
  }
  return { heap, external: process.memoryUsage().arrayBuffers };
}

// Asking for a collection says nothing where there is none.
async function proven(): Promise<() => void> {
  // Else now and then a collection drops the code of functions that have not run for a while, a hundred kilobytes at once.
  v8.setFlagsFromString('--no-flush-bytecode');
  const collect = collector();
  const fallen = new WeakRef({});
  for (let n = 0; n < TRIES && collect !== undefined; n++) {
    await turn();
    collect();
    if (fallen.deref() === undefined) return collect;
  }
  throw new MemprofError('MEMPROF_E_TEST_GC');
}
