// What is alive, once the collector has taken what it can? Serves whoever compares two moments (measure.ts, leak.ts). Must
// never give a figure where nothing was collected, nor count what the compiler keeps as the program's.

import { setImmediate } from 'node:timers/promises';
import * as v8 from 'node:v8';
import { MemprofError } from '../contract/errors';
import { type Collector, collector } from '../runtime/collections';
import { isCode, isTenured } from '../runtime/compiled';

/** Bytes: on the heap, compiled code left out, and what Buffers and ArrayBuffers hold off it. */
export interface Alive {
  heap: number;
  external: number;
}

// Two readings that are as near as this are one. In a large heap a collection takes a tenth of a second, and a test may
// take five.
const NEAR = 256;
// What finalizers drop goes with the next collection, and what buffers held is freed by a thread of V8's.
const MOST = 4;
const TRIES = 5;
// A test may put a clock of its own in its place.
const turn = setImmediate;
// Kept: a context that is made for each collection would now and then be counted.
let collect: Collector | undefined;

/** @throws {MemprofError} MEMPROF_E_TEST_GC where this process cannot collect its heap. */
export async function startCollecting(): Promise<void> {
  collect ??= await proven();
}

/** Collects the whole heap until its size stays. To be called after `startCollecting`, as all below. */
export async function settled(): Promise<Alive> {
  let last = await collected();
  for (let n = 1; n < MOST; n++) {
    const next = await collected();
    const stays = Math.abs(next.heap - last.heap) <= NEAR && next.external === last.external;
    last = next;
    if (stays) break;
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

/**
 * Collects the young generation: what is allocated next begins on an empty page, in each run on the same spot. Where an
 * object does not fit into what is left of a page, V8 calls the rest used, up to 128 KB.
 */
export async function freshPage(): Promise<void> {
  await turn();
  collect?.({ type: 'minor' });
}

/** Bytes in use where V8's compiler takes its own by the page, its code and its data. */
export function compilersSpaces(): number {
  let bytes = 0;
  for (const space of v8.getHeapSpaceStatistics()) {
    if (isCode(space.space_name) || isTenured(space.space_name)) bytes += space.space_used_size;
  }
  return bytes;
}

// Asking for a collection says nothing where there is none.
async function proven(): Promise<Collector> {
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
