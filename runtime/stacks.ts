// Which stacks make what no instrumented function owns, so that a user knows what to select next? Asks V8's sampling
// heap profiler, in windows, and only once the account shows that it is worth it. Serves `stats()` and the log. Must
// cost nothing before that, never touch a profile that somebody else takes, and tell nothing rather than fail.

import { formatSize } from '../contract/size';
import { BESIDES, now, spent } from './clock';
import { settings } from './config';
import { type Account, account } from './estimate';
import { hasRoom, meter, OVERHEAD, USED } from './heap';
import { hooks, ledger, OWNED, settle, settleOwn, UNOWNED } from './ledger';
import { logUnowned } from './log';
import { type Made, madeIn, type Node } from './profile';
import { connected, post } from './session';

/** Code that allocated and that no instrumented function owned: its innermost frame that is not Node's. Estimated. */
export interface UnownedStack {
  /** The function, as V8 calls it; "(anonymous)" where it has no name. */
  name: string;
  /** The file as it was loaded (a built one), from the working directory on. */
  file: string;
  /** The line where the function begins in that file, from 1. */
  line: number;
  /** Bytes, about, of `unowned`. */
  bytes: number;
  /** Of `unowned`, 0 to 1. */
  share: number;
  /** The costliest of its stacks, innermost first, 5 frames at most: "name file:line". */
  stack: string[];
}

/** The same with where in its line it begins, from 0: what a source map is asked by. */
export type PlacedStack = UnownedStack & { column: number };

// One sample in so many bytes at first; later on so many by the time that nobody's has doubled.
const INTERVAL = 512 * 1024;
const BY_THEN = 256;
// Worth it: so much was allocated, and more than this share of it is nobody's.
const LEAST = 64e6;
const WORTH = 0.25;
// To read a profile V8 collects the whole heap, and much of a busy service's compiled code goes with what it was compiled
// for; and each sample is a walk up the stack. So a first, short window tells something early on; later ones are closed
// when somebody wants to know, and else when V8 keeps so many samples. The next one comes when nobody's has doubled, and
// stands for what lies between.
const SAMPLES_AT_FIRST = 2_000;
const SAMPLES = 20_000;
const GROWTH = 2;
// Asked before a window is full, it must have so many samples of nobody's to tell something.
const ENOUGH = 64;
// A profile is read at most so often, by how long it took, and unless asked for only where less than this is in use,
// some tens of milliseconds.
const REST = 100;
const SHORT_TO_COLLECT = 128e6;
// How much is allocated, at least, from one look to the next.
const STEP = 16e6;
// What is worth a line, and how much more the next one.
const TOLD = 256e6;
const TOLD_SHARE = 0.5;
const TOLD_GROWTH = 8;
// Stacks that are kept, and how many are told.
const KEPT = 256;
export const MOST = 10;
const IN_LOG = 3;
/** Of the stack, as so many arguments: what loading the inspector and reading a tree take. */
const TO_SAMPLE = 32 * 1024;

// What the account said when the window was opened; none is open: undefined.
let opened: Account | undefined;
// Bytes that must have been allocated for the next look.
let lookAt = LEAST;
let restUntil = 0;
// Bytes of nobody's that `made` is about, and how much was nobody's at the end of the last window.
let covered = 0;
let coveredUntil = 0;
let toldAt = 0;
let busy = false;
const made = new Map<string, Made>();

/** Now and then, from where memprof does work of its own anyway; `asked`: somebody wants to know now. */
function look(asked = false): void {
  const allocated = ledger[OWNED] + ledger[UNOWNED] + meter[OVERHEAD];
  if (allocated < LEAST || (allocated < lookAt && !asked) || busy) return;
  busy = true;
  try {
    // Near a limit what is alive matters more.
    if (isTaken()) opened = undefined;
    const is = account();
    const nobodys = is.unowned - is.claimed;
    if (opened === undefined) {
      lookAt = allocated + Math.max(STEP, allocated / 10);
      if (nobodys > WORTH * allocated && is.unowned >= GROWTH * coveredUntil && now() >= restUntil) open(is);
    } else {
      lookAt = allocated + STEP;
      if (isFull(opened, is) || (asked && isDue(opened, is))) close(is);
    }
    if (
      nobodys >= TOLD &&
      nobodys > TOLD_SHARE * allocated &&
      nobodys >= TOLD_GROWTH * toldAt &&
      settings.log !== 'off'
    )
      tell(is, nobodys);
  } finally {
    busy = false;
  }
}

/** Whether a window is open: V8's profile tells of garbage then, too. */
export function isWindowOpen(): boolean {
  return opened !== undefined && !isTaken();
}

// Near a limit the recorder's thread has V8's profile, and what leaks is watched with it (leaks/).
function isTaken(): boolean {
  return hooks.isSampled() || hooks.isWatched();
}

function intervalOf(since: Account): number {
  return Math.max(INTERVAL, since.unowned / BY_THEN);
}

function isFull(since: Account, is: Account): boolean {
  const samples = covered === 0 ? SAMPLES_AT_FIRST : SAMPLES;
  return is.allocated - since.allocated >= samples * intervalOf(since);
}

function isEnough(since: Account, is: Account): boolean {
  return is.unowned - since.unowned >= ENOUGH * intervalOf(since);
}

// Somebody who asks every second must not have the heap collected every second.
function isDue(since: Account, is: Account): boolean {
  return isEnough(since, is) && (covered === 0 || now() >= restUntil);
}

/** The costliest stacks, of so many bytes that are nobody's. May have V8 collect the heap. */
export function unownedBy(unowned: number): UnownedStack[] {
  settle();
  look(true);
  const stacks = costliest(unowned, MOST);
  settleOwn();
  return stacks;
}

/** The same of what is known by now, or, `asked`, what can be found out within some tens of milliseconds. */
export function stacksKnown(asked: boolean): PlacedStack[] {
  if (asked) look(true);
  return placed(account().unowned, MOST);
}

function costliest(unowned: number, most: number): UnownedStack[] {
  return placed(unowned, most).map(({ column: _, ...one }) => one);
}

function placed(unowned: number, most: number): PlacedStack[] {
  if (covered <= 0) return [];
  return [...made.values()]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, most)
    .map(({ name, file, line, column, bytes, stack }) => {
      const share = bytes / covered;
      return { name, file, line, column, bytes: Math.floor(share * unowned), share, stack: [...stack] };
    })
    .filter(({ bytes }) => bytes > 0);
}

function tell(is: Account, nobodys: number): void {
  if (opened !== undefined && isEnough(opened, is)) close(is);
  const stacks = costliest(is.unowned, IN_LOG);
  if (stacks.length === 0) return;
  toldAt = nobodys;
  const share = nobodys / is.allocated;
  const text = [
    `${(100 * share).toFixed(0)} % of what was allocated is nobody's: ${formatSize(nobodys)} that no instrumented function owned. Select these functions, or set MEMPROF_CONTEXT=on`,
  ];
  for (const { name, file, line, bytes, share } of stacks) {
    text.push(`${(100 * share).toFixed(0).padStart(3)} %  ~${formatSize(bytes)}  ${name}  ${file}:${line}`);
  }
  logUnowned(
    { unowned: is.unowned, allocated: is.allocated, share, unownedBy: stacks },
    text.join('\n     '),
  );
}

// The heap has grown so large that to collect it takes long.
function isLong(): boolean {
  return settings.stacks === 'auto' && meter[USED] > SHORT_TO_COLLECT;
}

// Deep in a recursion there may be no room for it: it is done later then.
function hasStack(): boolean {
  return hasRoom(new Array(TO_SAMPLE).fill(undefined));
}

function open(is: Account): void {
  if (!settings.stacks || isTaken() || isLong() || !hasStack()) return;
  const since = now();
  try {
    // Nor beside another session of this process: there is a profile to be had then.
    if (connected() && post('HeapProfiler.getSamplingProfile') === undefined) {
      const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
      if (post('HeapProfiler.startSampling', { samplingInterval: intervalOf(is), ...all }) !== undefined) {
        opened = is;
        hooks.samples(true);
      }
    }
  } catch {
    // No inspector in this Node, or it is not permitted.
  }
  if (opened === undefined) lookAt = 2 * is.allocated;
  spent[BESIDES] += now() - since;
}

function close(is: Account): void {
  if (!hasStack()) return;
  const since = now();
  const from = opened as Account;
  opened = undefined;
  try {
    const head = stop();
    if (head) read(head, from, is);
  } catch {
    // Somebody else has stopped it, or the stack is full.
  }
  hooks.found();
  const took = now() - since;
  restUntil = now() + REST * took;
  spent[BESIDES] += took;
}

// Where the heap is large, by the one way that collects nothing: V8 forgets the numbers of objects with it, and no profile
// is told.
function stop(): Node | undefined {
  hooks.samples(false);
  return post(isLong() ? 'HeapProfiler.disable' : 'HeapProfiler.stopSampling')?.profile?.head;
}

function read(head: Node, from: Account, is: Account): void {
  const found = new Map<string, Made>();
  const sum = madeIn(head, found);
  const grew = is.unowned - from.unowned;
  // Samples are a guess at what the account knows. Less than that is left untold; more than there is, is first of all
  // what instrumented functions made that V8 shows as their callers'.
  const all = Math.max(sum - takeAway(found, sum - grew), grew);
  // This window stands for all since the last one.
  const standsFor = Math.max(grew, is.unowned - coveredUntil);
  if (all <= 0 || standsFor <= 0) return;
  covered += standsFor;
  coveredUntil = is.unowned;
  for (const [key, one] of found) {
    if (one.bytes === 0) continue;
    const bytes = (one.bytes / all) * standsFor;
    const known = made.get(key);
    if (known === undefined) made.set(key, { ...one, bytes });
    else {
      known.bytes += bytes;
      if (one.most > known.most) Object.assign(known, { stack: one.stack, most: one.most });
    }
  }
  // A program that makes functions for ever must not make us keep them.
  if (made.size <= KEPT) return;
  const least = [...made].sort((a, b) => a[1].bytes - b[1].bytes);
  for (const [key] of least.slice(0, made.size - KEPT)) made.delete(key);
}

function takeAway(found: Map<string, Made>, excess: number): number {
  let suspect = 0;
  for (const { calls, bytes } of found.values()) if (calls) suspect += bytes;
  if (excess <= 0 || suspect === 0) return 0;
  const less = Math.min(excess, suspect);
  for (const one of found.values()) if (one.calls) one.bytes *= 1 - less / suspect;
  return less;
}

/** Ends a window that is open: somebody else is to have V8's profile (leaks/). */
export function giveUp(): void {
  if (opened === undefined) return;
  const is = account();
  if (!isTaken() && isEnough(opened, is)) close(is);
  if (opened !== undefined && !isTaken()) stop();
  opened = undefined;
}

// Counting ends or begins anew: nothing goes on in V8 meanwhile.
function stopped(forgets: boolean): void {
  if (isTaken()) opened = undefined;
  if (opened !== undefined) {
    const is = account();
    if (!forgets && isEnough(opened, is)) close(is);
    // Too little to tell, or too little of the stack left to read it.
    if (opened !== undefined) stop();
    opened = undefined;
    settleOwn();
  }
  lookAt = LEAST;
  if (!forgets) return;
  made.clear();
  covered = 0;
  coveredUntil = 0;
  toldAt = 0;
}

hooks.looks = look;
hooks.stopped = stopped;
