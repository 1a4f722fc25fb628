// Where in V8's young space does allocation stand? Serves the heap counter, which finds it out whenever V8 is asked, and
// rests.ts. It must never ask V8 by itself, and says that it does not know rather than guess.

import * as v8 from 'node:v8';
import { shared } from './arena';
import type { Collected } from './collections';
import { settings } from './config';

// Objects are made in the young space's current page, one behind the other. What V8 calls used of that space is whole
// pages up to it and the offset in it, so all other spaces' used size taken from all that is used says where that is.

/** Slots of `place`. A typed array, since a double in a variable is boxed anew at each store. */
export const OTHERS = 0; // bytes used in all spaces but the young one, when V8 was last asked; NaN: not known
export const PAGE = 1; // bytes of a page that objects may take; 0: not known
export const LAST = 2; // where its last page begins: what does not fit there has V8 collect, and leaves no rest
export const FROM = 3; // where the last reading's growth began, where V8 was asked about it; -1: not known
export const TO = 4; // and ended
/** Where a collection fell into it, FROM is right after that, and this what it took of the last page's rest at most; else -1. */
export const BEFORE = 5;
const CAPACITY = 6; // of the young space
export const place = shared(7);
place[OTHERS] = Number.NaN;
place[FROM] = -1;

const PAGE_SIZE = 256 * 1024;
/** An object larger than that has pages of its own. */
export const LARGEST = PAGE_SIZE / 2;
// A page's header takes some of it, more or less with V8's version.
const HEADER = 8 * 1024;
// So much of other spaces' growth is none: where the growth that is asked about began is still known.
const STILL = 1024;

// V8 keeps the larger rests of a cycle's pages and, once its last page is full, makes objects there: what they take was used by
// then, so where the place jumps back nothing tells how much was allocated, and functions of small objects have a twentieth
// too little beside others that leave rests. So V8 is told not to once there are such rests, and no sooner: it collects as much
// more often as there are rests, and code that was cached on disk for other flags is compiled anew. So it is left as it is where calls are sampled, whose figures are
// estimates. It reads the flag at each page's end. One that it does not know it would call an error, on stderr: only versions are told that were seen to know it.
const IN_ORDER = '--no-allocation-buffer-parking';
const KNOWN_FROM = 11;
const KNOWN_TO = 14;
/** A rest of at least so many bytes is kept. */
export const KEPT = 4096;
let inOrder = false;

/** Has V8 fill pages in order, from the next collection on, where each call is to be measured. True: it was told just now. */
export function fillInOrder(): boolean {
  if (inOrder || settings.budget < 1) return false;
  inOrder = true;
  const version = Number.parseInt(process.versions.v8, 10);
  if (version >= KNOWN_FROM && version <= KNOWN_TO) v8.setFlagsFromString(IN_ORDER);
  return true;
}

/**
 * V8 was asked what it uses, about growth by `grew` to `looked` bytes in use. `quiet`: no more than that happened, but
 * for the one collection `fell`.
 */
export function found(
  spaces: v8.HeapSpaceInfo[],
  looked: number,
  grew: number,
  quiet: boolean,
  fell: Collected | undefined,
): void {
  let others = 0;
  let capacity = 0;
  for (let i = 0; i < spaces.length; i++) {
    const space = spaces[i];
    if (space.space_name === 'new_space') capacity = space.space_used_size + space.space_available_size;
    else others += space.space_used_size;
  }
  const from = looked - grew - place[OTHERS];
  place[TO] = looked - others;
  place[FROM] = -1;
  place[BEFORE] = -1;
  if (quiet && fell !== undefined) fellAt(fell, from);
  else if (quiet && Math.abs(others - place[OTHERS]) < STILL) place[FROM] = from;
  place[OTHERS] = others;
  if (capacity === place[CAPACITY]) return;
  place[CAPACITY] = capacity;
  place[PAGE] = pageOf(capacity);
  place[LAST] = capacity - place[PAGE];
}

// What did not fit had V8 collect, and is made behind what survived. Newer V8 calls the last page's rest used before that.
function fellAt(fell: Collected, from: number): void {
  const page = place[PAGE];
  const before = usedOf(fell.beforeGC);
  const left = before - from;
  if (!(page > 0 && left >= 0 && left <= page)) return;
  place[BEFORE] = before % page === 0 ? left : 0;
  place[FROM] = usedOf(fell.afterGC);
}

function usedOf({ heapSpaceStatistics }: Collected['beforeGC']): number {
  for (const space of heapSpaceStatistics) if (space.spaceName === 'new_space') return space.spaceUsedSize;
  return 0;
}

/** Something happened that V8 was not asked about. */
export function lost(): void {
  place[OTHERS] = Number.NaN;
  place[FROM] = -1;
}

/** What V8 was asked about last was memprof's own growth. */
export function forgetStretch(): void {
  place[FROM] = -1;
}

// Of the sizes that a page may have, the one that the space holds a whole number of.
function pageOf(capacity: number): number {
  for (let pages = Math.ceil(capacity / PAGE_SIZE); pages * (PAGE_SIZE - HEADER) <= capacity; pages++) {
    if (pages > 0 && (capacity / pages) % 8 === 0) return capacity / pages;
  }
  return 0;
}
