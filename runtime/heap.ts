// The heap counter: how many bytes has this isolate allocated, whatever the collector took back?
// Serves the ledger, which reads it at every boundary event. It must never allocate more than the one
// object that a reading of V8's statistics is, never guess what the profiler tells, never go backwards.

import * as v8 from 'node:v8';
import { shared } from './arena';
import { BESIDES, now, spent } from './clock';
import {
  type Collected,
  canary,
  collectAll,
  collected,
  fellBetween,
  freed,
  isAny,
  isListening,
  isMajor,
  isOverdue,
  listen,
  unlisten,
  usedAfter,
} from './collections';
import { compilersOf, isCode, isTenured, LARGE, programGrew } from './compiled';
import { forgetStretch, found, lost } from './page';
import { held, pinned } from './pinned';

// V8's "used heap" tells allocation to the byte until a collection lowers it, so
//     allocated = used + what every collection freed
// and what those freed is told by V8's profiler of them (collections.ts). Asking it costs microseconds, so it is asked
// only where something happened (see `advance`).

/** Slots of `meter`. A typed array, since a double in a variable or a field is boxed anew at each store. */
export const USED = 0; // used_heap_size at the last reading
export const EXTERNAL = 1; // external_memory at the last reading
export const EXTERNAL_GREW = 2; // bytes of external memory allocated between the last two readings
export const OVERHEAD = 3; // bytes that memprof itself has allocated
export const RAW = 4; // bytes between the last two readings, nothing subtracted; -1 where a collection fell between
const HANDLES = 5; // used_global_handles_size at the last reading
const BOUNDARY = 6; // which boundary took the last reading
export const READINGS = 7; // since the start
const GROWN = 8; // in small intervals since V8 was last asked
const PACED_TARE = 9; // of a paced boundary, as the last one told
const UNLOOKED = 10; // in intervals of nobody's, since V8 was last asked
const ASKING_COSTS = 11; // bytes that an undisturbed asking allocates
const ASKING_TOOK = 12; // ms, and as much for each collection that it told
const TARES = 13; // by boundary: bytes that memprof allocates from its reading on
const BOUNDARIES = 6;
/** Collections since counting began: how many, of them of the whole heap, ms, bytes freed; in use after the last of the whole. */
export const COLLECTIONS = TARES + BOUNDARIES;
export const MAJORS = COLLECTIONS + 1;
export const COLLECTING = COLLECTIONS + 2;
export const FREED = COLLECTIONS + 3;
export const LIVE = COLLECTIONS + 4;
export const meter = shared(COLLECTIONS + 5);

/** The boundaries: what each allocates after its reading, the reading's own object first of all, differs. */
export const Boundary = { Enter: 0, Exit: 1, Suspend: 2, Resume: 3, Paced: 4, Other: 5 } as const;
export type Boundary = (typeof Boundary)[keyof typeof Boundary];

// Growth is looked at after so much of it, however small the intervals.
const QUIET = 512 * 1024;
// What nobody owns while not every call is measured is no call's figure, and there is much of it between two readings.
const QUIET_NOBODYS = 16 * 1024 * 1024;
// A profiler swap allocates a few kilobytes; a quiet one stays below this.
const SWAP_LIMIT = 64 * 1024;
/** What is told of one collection allocates so much, about. */
const LISTED = 16 * 1024;
// The program may put something else in its place.
const { apply } = Reflect;
/** Of the stack, as so many arguments, 8 bytes each: what asking takes, and what a call's events take. */
const TO_ASK: undefined[] = new Array(8192).fill(undefined);
export const TO_MEASURE: undefined[] = new Array(1024).fill(undefined);
// Native objects, dropped as soon as made, whose handles the next collection takes away.
const CANARIES = 3;

interface Reading {
  used_heap_size: number;
  external_memory: number;
  used_global_handles_size: number;
}

function blank(): Reading {
  return { used_heap_size: 0, external_memory: 0, used_global_handles_size: 0 };
}

const STRANGERS = [
  blank,
  () => ({ a: 0, ...blank() }),
  () => ({ b: 0, ...blank() }),
  () => ({ c: 0, ...blank() }),
  () => ({ d: 0, ...blank() }),
];
const statistics = v8.getHeapStatistics as unknown as () => Reading;
// The boundaries of calls have one place each, and the probes tell what a reading allocates there. A piece of work of
// memprof's own may end anywhere: there it must allocate the same everywhere.
const gauge = held<Reading>(statistics, STRANGERS);
const anywhere = pinned<Reading>(statistics, STRANGERS);

/** One raw reading: bytes between it and the one before, or -1 where something must be looked into. */
function look(boundary: Boundary = Boundary.Enter): number {
  const reading = boundary === Boundary.Other ? anywhere.call() : gauge.call();
  const used = reading.used_heap_size;
  const grew = used - meter[USED];
  meter[USED] = used;
  const external = reading.external_memory;
  meter[EXTERNAL_GREW] = external - meter[EXTERNAL];
  meter[EXTERNAL] = external;
  // A collection takes the canaries' handles away. Only a program that makes as many native objects in
  // the very same interval could hide one, and its next reading shows it.
  const handles = reading.used_global_handles_size;
  seen = handles !== meter[HANDLES];
  rose = handles > meter[HANDLES];
  meter[HANDLES] = handles;
  return grew;
}
let seen = false;
// The program has made more native objects than were collected: a service does all the time.
let rose = false;

/**
 * Starts counting from this moment on. `collected` is called soon after each collection, outside of any call: for a
 * reading.
 */
export function startHeap(collected: () => void): void {
  if (!isListening()) {
    // First: the collections that it makes need not be told, and the listener stays young.
    calibrate();
    listen(collected);
    // Nothing is known yet; and code that has never run takes the most of the stack.
    lost();
  }
  look();
  reconcile(0);
}

/** Stops listening to collections (the runtime was switched off). */
export function stopHeap(): void {
  unlisten();
}

/**
 * Bytes that the program allocated since the last boundary, memprof's own apart (they go to
 * `meter[OVERHEAD]`); never negative. Leaves the growth of external memory in `meter[EXTERNAL_GREW]`.
 * `boundary` says where this reading is taken, for the tare of the next one; `nobodys`: it is charged to no call, and
 * whether the compiler took some of it may stay open.
 */
export function advance(boundary: Boundary, nobodys = false): number {
  let grew = look(boundary);
  const tare = meter[BOUNDARY] === Boundary.Paced ? pacedTare() : meter[TARES + meter[BOUNDARY]];
  meter[READINGS]++;
  meter[RAW] = grew;
  // Where it is no call's figure, it may wait that a collection fell between: it is asked for when it is over.
  if (
    (seen && !(nobodys && rose)) ||
    grew < 0 ||
    (nobodys ? (meter[UNLOOKED] += grew) > QUIET_NOBODYS : grew > LARGE || (meter[GROWN] += grew) > QUIET)
  ) {
    grew = reconcileOrLater(grew);
    meter[RAW] = -1;
  } else {
    if (meter[EXTERNAL_GREW] < 0) meter[EXTERNAL_GREW] = 0;
    if (seen) lost();
  }
  meter[BOUNDARY] = boundary;
  if (grew < tare) {
    meter[OVERHEAD] += grew;
    return 0;
  }
  meter[OVERHEAD] += tare;
  return grew - tare;
}

/** Charges all that was allocated since the last reading to memprof itself. */
export function advanceOwn(boundary: Boundary = Boundary.Other): void {
  let grew = look(boundary);
  meter[RAW] = grew;
  if (seen || grew < 0 || grew > LARGE) {
    grew = reconcileOrLater(grew);
    meter[RAW] = -1;
  }
  meter[OVERHEAD] += grew;
  meter[BOUNDARY] = boundary;
}

/** The same in the midst of a boundary. */
export function advanceOwnAgain(): void {
  advanceOwn(meter[BOUNDARY] as Boundary);
}

/**
 * The same before a call goes on while not every call is measured. Code that runs as seldom as what led here is not
 * compiled, and allocates what it likes: the first reading takes that away, the second tells what one allocates now.
 */
export function advancePaced(): void {
  meter[READINGS] += 2;
  // One place for both, since the compiler treats each as it likes. Where a collection was told, what follows is not
  // as usual.
  for (let turn = 0, left = 2; turn < 5 && left > 0; turn++) {
    advanceOwn(Boundary.Paced);
    left = meter[RAW] < 0 ? 2 : left - 1;
  }
}

function pacedTare(): number {
  if (meter[RAW] >= 0) meter[PACED_TARE] = meter[RAW];
  return meter[PACED_TARE];
}

/** Sets what memprof allocates from a boundary's reading on, as two adjacent boundaries have shown it. */
export function setTare(boundary: Boundary, bytes: number): void {
  if (bytes < 8192) meter[TARES + boundary] = bytes;
}

// Asks what happened, unless the stack is nearly full: what would be charged now is charged to whoever runs at the
// next reading that has room. Thrown into the asking, a RangeError would come from a depth that the program has left
// to it, and what a profiler had to tell would be lost.
function reconcileOrLater(grew: number): number {
  if (hasRoom(TO_ASK)) return reconcile(grew);
  lost();
  meter[USED] -= grew;
  meter[EXTERNAL] -= meter[EXTERNAL_GREW];
  meter[EXTERNAL_GREW] = 0;
  meter[HANDLES] = -1;
  return 0;
}

/** Is there so much left of the stack? */
export function hasRoom(bytes: undefined[]): boolean {
  try {
    apply(nothing, undefined, bytes);
    return true;
  } catch {
    return false;
  }
}

function nothing(): void {}

// Returns `grew` with what was collected given back. Now and then a major collection is due, memprof's own affair.
function reconcile(grew: number): number {
  if (!isListening()) {
    lost();
    return Math.max(grew, 0);
  }
  let since = now();
  const bytes = told(grew);
  const took = (now() - since) / (1 + collectionsTold);
  // Another process may fall into it, for a hundred times as long: no reason to measure less.
  const usual = meter[ASKING_TOOK];
  const asking = usual > 0 ? Math.min(took, 4 * usual) : took;
  meter[ASKING_TOOK] = usual > 0 ? usual + (asking - usual) / 16 : took;
  spent[BESIDES] += asking * (1 + collectionsTold);
  if (isOverdue(meter[USED])) {
    since = now();
    const external = meter[EXTERNAL_GREW];
    collectAll();
    meter[OVERHEAD] += told(look());
    forgetStretch();
    meter[EXTERNAL_GREW] = external;
    spent[BESIDES] += now() - since;
  }
  return bytes;
}
// How many collections the last asking told.
let collectionsTold = 0;

// Asks what was collected, and returns `grew` with it given back, and without what the compiler took. What asking
// allocates is memprof's own, measured and not guessed: a collection's report is a few kilobytes of JSON.
function told(grew: number): number {
  let externalGrew = meter[EXTERNAL_GREW];
  let allFreed = 0;
  let tenuredFreed = 0;
  let codeFreed = 0;
  let stepped = 0;
  let own = 0;
  let code = 0;
  let tenured = 0;
  let disturbed = false;
  let fell: Collected | undefined;
  const looked = meter[USED];
  collectionsTold = 0;
  for (let turn = 0; turn < 8; turn++) {
    const collections = collected();
    collectionsTold += collections.length;
    for (const one of collections) {
      fell = one;
      const bytes = freed(one, isAny);
      allFreed += bytes;
      count(one, bytes);
      // It fell into the asking itself.
      if (turn > 0 || one === fellBetween()) own += bytes;
      codeFreed += freed(one, isCode);
      tenuredFreed += freed(one, isTenured);
      const external = one.beforeGC.heapStatistics.externalMemory - one.afterGC.heapStatistics.externalMemory;
      if (external > 0) externalGrew += external;
    }
    if (collections.length > 0) for (let i = 0; i < CANARIES; i++) canary();
    code = 0;
    const spaces = v8.getHeapSpaceStatistics();
    for (const space of spaces) {
      const name = space.space_name;
      if (isCode(name)) code += space.space_used_size;
      else if (isTenured(name)) tenured = space.space_used_size;
    }
    const step = look();
    externalGrew += meter[EXTERNAL_GREW];
    stepped += step;
    own += step;
    const quiet = step >= 0 && step < SWAP_LIMIT;
    if (!quiet) disturbed = true;
    found(spaces, looked, grew, quiet && !disturbed && collectionsTold < 2, fell);
    // A collection that fell into the asking shows in what is used now; the next asking would tell even one that does not.
    if (quiet) break;
  }

  const counted = meter[GROWN] + meter[UNLOOKED];
  meter[GROWN] = 0;
  meter[UNLOOKED] = 0;
  const compilers = compilersOf(code, codeFreed, tenured, tenuredFreed, counted);

  // What the compiler took in the midst of the asking is in what that grew by, not in what the program did.
  const usual = meter[ASKING_COSTS] + LISTED * (collectionsTold + (disturbed ? 1 : 0));
  if (compilers > 0 && own > usual) own -= Math.min(compilers, own - usual);
  // Where it is not certain that a collection fell into the asking, the asking's usual cost stands for its part.
  const total = grew + stepped + allFreed - compilers;
  if (own < 0) own = Math.min(meter[ASKING_COSTS], Math.max(0, total));
  else if (!disturbed) meter[ASKING_COSTS] = own;
  meter[OVERHEAD] += own;
  meter[EXTERNAL_GREW] = Math.max(externalGrew, 0);
  seen = false;
  // Sweeping corrects V8's own figure now and then, downwards and outside a collection.
  const bytes = Math.max(total - own, 0);
  programGrew(bytes + counted);
  return bytes;
}

function count(one: Collected, bytes: number): void {
  meter[COLLECTIONS]++;
  if (isMajor(one)) {
    meter[MAJORS]++;
    meter[LIVE] = usedAfter(one);
  }
  meter[COLLECTING] += one.cost / 1000;
  meter[FREED] += bytes;
}

// Readings get cheaper as the compiler works on them (664, 600, then 360 bytes on Node 20): warm them
// up until they are, and give up after some milliseconds on a loaded machine, since the ledger's probes
// mend what is left.
function calibrate(): void {
  const until = now() + 60;
  let tare = 0;
  let same = 0;
  for (let round = 0; round < 400 && now() < until; round++) {
    const now = warm();
    same = now === tare ? same + 1 : 0;
    tare = now;
    if (same > 20 && tare < 450) break;
  }
  for (let boundary = 0; boundary < BOUNDARIES; boundary++) meter[TARES + boundary] = tare;
}

function warm(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    const grew = look();
    if (grew > 0 && grew < least) least = grew;
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}
