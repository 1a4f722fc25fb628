// What did the collector take back? Asks v8.GCProfiler, heap before and after. Serves the heap counter. Must never
// leave a collection untold, nor more profilers behind than they are worth.

import { PerformanceObserver } from 'node:perf_hooks';
import * as v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BESIDES, spent } from './clock';

/** One collection. */
export interface Collected {
  gcType: string;
  /** Microseconds. */
  cost: number;
  beforeGC: Spaces;
  afterGC: Spaces;
}
export interface Spaces {
  heapStatistics: { externalMemory: number };
  heapSpaceStatistics: { spaceName: string; spaceUsedSize: number }[];
}
interface Profiler {
  start(): void;
  stop(): { statistics: Collected[] } | undefined;
}

// Node takes a profiler's callbacks away when the profiler is itself collected, no sooner: stopped, it goes on writing
// down each collection, some kilobytes of text that nobody will read. A young one goes with the next collection. One
// that has lived through two, or through a major one, is old by then, and goes with the next major one, which may be
// minutes away: each old one makes every collection longer. So a profiler is asked soon after a collection, whether
// or not an account needs it. Where that cannot be, in long synchronous calls, they become many, and a major collection
// is made once they have cost as much. A few are borne: in a busy service a major collection takes much compiled
// code with it, which costs more than its pause.

/** What a profiler takes for a collection, ms: measured, in a service under load. */
const LISTENING = 0.05;
const MANY = 16;
/** Of texts that nobody reads so many may be kept: 6 KB each, in memory that is not the heap. */
const MOST_TEXTS = 4_000;
// A major collection takes about so long, ms: at the least, and by byte in use.
const MAJOR_LEAST = 5;
const MAJOR_BY_BYTE = 0.5e-6;
const MAJOR = 'MarkSweepCompact';
/** What a reading allocates, and what stands between it and the end of the one that listened, at most. */
const READING = 1024;
/** What stands between a collection that both have heard and the reading after it, at most: less than what leads to an asking. */
const STARTING = 768;

let profiler: Profiler | undefined;
let observer: PerformanceObserver | undefined;
// Told by the last asking, and perhaps by the next one too.
let between: Collected | undefined;
// Profilers that have been asked and wait for a major collection; texts that they have written since the last one.
let old = 0;
let texts = 0;
// What the last major collection took, ms.
let majorCost = 0;

/** Begins to listen; `happened` is called soon after each collection, outside of any call. */
export function listen(happened: () => void): void {
  profiler = newProfiler();
  profiler.start();
  observer = new PerformanceObserver(happened);
  observer.observe({ entryTypes: ['gc'] });
}

/** Stops listening (the runtime was switched off). */
export function unlisten(): void {
  observer?.disconnect();
  profiler?.stop();
  profiler = undefined;
  between = undefined;
  old++;
}

export function isListening(): boolean {
  return profiler !== undefined;
}

/** What was collected since this was asked last, in order. */
export function collected(): Collected[] {
  // The next profiler listens before this one stops: no collection falls between them.
  const next = newProfiler();
  canary();
  const handles = statistics().used_global_handles_size;
  next.start();
  const overlap = statistics();
  const told = profiler?.stop()?.statistics ?? [];
  profiler = next;
  // Two profilers listen for a moment: what fell into it is told by both, last and first. That something did, the
  // canary says (to start takes one handle more): a program that does the same over and over has many collections that
  // look alike.
  const before = between;
  const twice = before === undefined ? 0 : told.findIndex((one) => isSame(one, before)) + 1;
  between = undefined;
  const last = told[told.length - 1];
  if (last !== undefined) {
    // The canary may outlive it.
    const since = overlap.used_heap_size - usedAfter(last);
    if (overlap.used_global_handles_size <= handles || (since >= 0 && since < STARTING)) between = last;
    // To read what was told allocates much: one that falls there is the next one's alone. Was it before that, in the midst of
    // the reading, it began with what that found in use.
    else if (statistics().used_global_handles_size <= handles) {
      const more = usedBefore(last) - overlap.used_heap_size;
      if (more >= 0 && more < READING) between = last;
    }
  }
  // Both have lived through it.
  let survived = told.length + twice;
  for (const one of told) {
    spent[BESIDES] += (1 + old) * LISTENING;
    texts += old;
    if (!isMajor(one)) continue;
    majorCost = one.cost / 1000;
    old = 0;
    texts = 0;
    survived = 2;
  }
  if (survived > 1) old++;
  return twice > 0 ? told.slice(twice) : told;
}

/** What was collected while the last asking exchanged one profiler for the next. */
export function fellBetween(): Collected | undefined {
  return between;
}

/** Makes what a collection takes away with its handle: the lightest object of Node's public API that has a weak one. */
export function canary(): void {
  new v8.Serializer();
}

function statistics(): { used_global_handles_size: number; used_heap_size: number } {
  return v8.getHeapStatistics() as unknown as ReturnType<typeof statistics>;
}

/** Is a major collection cheaper than to go on like this, with so many bytes in use? */
export function isOverdue(used: number): boolean {
  if (texts > MOST_TEXTS) return true;
  return old > MANY && texts * LISTENING > Math.max(MAJOR_LEAST, majorCost, used * MAJOR_BY_BYTE);
}

/** Collects the whole heap, where that can be done. */
export function collectAll(): void {
  // Where it cannot, it is not tried at each boundary.
  texts = 0;
  try {
    collector()?.();
  } catch {
    // The old profilers stay, until V8 collects the heap by itself.
  }
}

/** Collects the whole heap, or the young generation alone. */
export type Collector = (which?: { type: 'minor' }) => void;

/** What collects the heap, where there is such a thing. Whoever keeps it may keep a context of V8's, 140 KB. */
export function collector(): Collector | undefined {
  const given = (globalThis as { gc?: unknown }).gc;
  // Newer V8 does not take `undefined` for no argument.
  if (typeof given === 'function') return (which) => void (which ? given(which) : given());
  try {
    v8.setFlagsFromString('--expose-gc');
    try {
      return runInNewContext('gc') as Collector;
    } finally {
      v8.setFlagsFromString('--no-expose-gc');
    }
  } catch {
    return undefined;
  }
}

/** Bytes used, before less after, in the spaces that `which` takes. */
export function freed({ beforeGC, afterGC }: Collected, which: (space: string) => boolean): number {
  return sum(beforeGC, which) - sum(afterGC, which);
}

/** Bytes in use after it. */
export function usedAfter({ afterGC }: Collected): number {
  return sum(afterGC, isAny);
}

function usedBefore({ beforeGC }: Collected): number {
  return sum(beforeGC, isAny);
}

function sum(spaces: Spaces, which: (space: string) => boolean): number {
  let bytes = 0;
  for (const space of spaces.heapSpaceStatistics) if (which(space.spaceName)) bytes += space.spaceUsedSize;
  return bytes;
}

// Each profiler has its own clock, and what is used afterwards may change while one after the other writes it down.
function isSame(a: Collected, b: Collected): boolean {
  return (
    a.gcType === b.gcType &&
    a.beforeGC.heapSpaceStatistics.every(
      (space, i) => space.spaceUsedSize === b.beforeGC.heapSpaceStatistics[i].spaceUsedSize,
    )
  );
}

/** Of the whole heap, not of the young generation alone. */
export function isMajor({ gcType }: Collected): boolean {
  return gcType === MAJOR;
}

export function isAny(): boolean {
  return true;
}

function newProfiler(): Profiler {
  return new (v8 as unknown as { GCProfiler: new () => Profiler }).GCProfiler();
}
