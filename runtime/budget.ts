// How much of the process's time may memprof take? Measures its own, and above the budget samples the hottest
// functions: of their calls most are only counted, and one that is measured stands for those since the last one.
// Serves the ledger. Must never let a choice depend on what a call allocates: the sums would lean.

import { Kind } from '../contract/abi';
import { BESIDES, now, spent, TOLD } from './clock';
import { changed, settings } from './config';
import { advanceOwn, Boundary, meter, READINGS } from './heap';
import { counts, DUE_AT, hooks, ledger, PACED, PROBE_AT, settle, settleOwn, WITHIN } from './ledger';
import { newTable, PROBED, S_CALLS, SAMPLE_WIDTH, type Site, slotOf, standFor } from './sites';

// All calls are measured while there is time left in a bucket, into which the budget flows. Once it is empty, no
// function is measured more often than once in `pace`, which is set so that the budget is kept. So a function
// that is called rarely is always measured, however hot others are, and one that is heavy is not hot.

/** Slots of `time`, ms. */
const LEFT = 0; // in the bucket
const CHECKED = 1; // when it was looked at last
const PACE = 2; // a function is measured once in so long; 0: each call
const PER_READING = 3; // what one takes
const TOTAL = 4; // taken since the start
const STARTED = 5;
const READ = 6; // readings when it was looked at last
const SPENT = 7; // taken for measured calls by all that is no boundary, when it was looked at last
const SKIPPED = 8; // calls that were not measured, when it was looked at last
const PASSED_BY = 9; // of them: those for which a measured call has stood since
const COLLECTING = 10; // taken besides, when it was looked at last
const STEPS = 11; // calls measured since it was looked at last
const FREELY = 12; // of them: those that would have been, whatever the budget
const time = new Float64Array(13);

// The bucket holds what the budget gives in so long.
const BUCKET = 500;
// How often it is looked at, in readings.
const EVERY = 256;
const EVERY_PACED = 32;
// A call that is not measured still takes a counter and the branches around it.
const SKIP = 5e-6;
// However much these take, and what collections tell: a share of the budget is for measuring.
const LEAST = 0.2;
// One great piece of work (a line written to a slow terminal) must not stop the measuring for long.
const MOST_DEBT = 0.05;
const FIRST_PACE = 0.002;
// What a driver allocates for an async call is found by that call alone: these are measured so much more often.
const ASYNC_MORE = 8;
// Whatever the budget: what is called less often than so many times a second is measured each time, and so many calls
// of a function that was not hot until now, so that the one costly call is seen. Less where more functions than a
// few are hot at once.
const RARELY = 10;
const BURST = 500;
const FEW = 50;
// Where nothing is measured, nothing looks at the bucket: a timer does.
const LOOK_AGAIN = 100;

/** Slots of a site's pace, in its table's `paces`. */
const DRAWN = 0; // calls that were to be skipped, when that was last drawn
const PASSED = 1; // calls skipped before that, since the last measured one
const LAST = 2; // when that was, ms
const BETWEEN = 3; // ms from one call to the next, smoothed
const FREE = 4; // calls that are measured whatever the budget
const PACE_WIDTH = 5;

const paced = new Set<Site>();
const random = new Int32Array(1);
const { setTimeout } = globalThis;
let timer: { unref(): void } | undefined;

/** Time that memprof has taken, ms, and in how long. */
export function timeTaken(): { own: number; elapsed: number } {
  look();
  return { own: time[TOTAL], elapsed: time[STARTED] > 0 ? now() - time[STARTED] : 0 };
}

/** What a reading takes, ms, with all that is done for it, as the probes have seen it. */
export function setReadingTime(ms: number): void {
  const known = time[PER_READING];
  // Now and then a collection or another process falls into a probe.
  const far = known + 0.1 * (Math.min(ms, 4 * known) - known);
  // Probes run as seldom as sampled calls, and as cold; where each call is measured, colder.
  if (known === 0) time[PER_READING] = ms;
  else time[PER_READING] = ledger[PACED] > 0 ? far : Math.min(ms, far);
}

/** Calls that were skipped since the last measured one. */
export function skippedOf({ table: { paces, skips }, n }: Site): number {
  return (paces === null ? 0 : paces[n * PACE_WIDTH + PASSED] + paces[n * PACE_WIDTH + DRAWN]) - skips[n];
}

// Counting begins, with a full bucket; `anew`: no function is sampled, and nothing was taken.
function started(anew: boolean): void {
  if (anew) {
    paced.clear();
    const perReading = time[PER_READING];
    time.fill(0);
    time[PER_READING] = perReading;
  }
  if (time[STARTED] === 0) warmUp();
  release();
  time[LEFT] = settings.budget * BUCKET;
  time[CHECKED] = now();
  if (time[STARTED] === 0) time[STARTED] = time[CHECKED];
  time[READ] = meter[READINGS];
  time[SPENT] = spent[TOLD];
  time[COLLECTING] = spent[BESIDES];
  ledger[DUE_AT] = 0;
}

// Some readings have been taken: the ledger asks whether anything is due. What that allocates is memprof's own.
// Deep in a recursion there may be no room for it, where there is for the call: it is done later then.
function due(): void {
  try {
    work();
  } catch {
    ledger[DUE_AT] = meter[READINGS] + EVERY_PACED;
  }
}

function work(): void {
  if (meter[READINGS] >= ledger[PROBE_AT]) hooks.probe();
  const next = () => time[READ] + (ledger[PACED] ? EVERY_PACED : EVERY);
  if (meter[READINGS] >= next()) look();
  hooks.looks();
  ledger[DUE_AT] = Math.min(ledger[PROBE_AT], next());
  advanceOwn(Boundary.Enter);
}

function look(): void {
  const at = now();
  const elapsed = at - time[CHECKED];
  const readings = meter[READINGS] - time[READ];
  const measuring = readings * time[PER_READING] + spent[TOLD] - time[SPENT];
  let skipped = time[PASSED_BY];
  if (ledger[PACED] > 0) for (const site of paced) skipped += skippedOf(site);
  const besides = (skipped - time[SKIPPED]) * SKIP + spent[BESIDES] - time[COLLECTING];
  time[SKIPPED] = skipped;
  time[CHECKED] = at;
  time[READ] = meter[READINGS];
  time[SPENT] = spent[TOLD];
  time[COLLECTING] = spent[BESIDES];
  time[TOTAL] += measuring + besides;
  const share = settings.budget;
  if (share >= 1) {
    if (time[PACE] > 0) release();
    return;
  }
  const may = Math.max(LEAST * share * elapsed, share * elapsed - besides);
  const most = share * BUCKET;
  time[LEFT] = Math.min(most, Math.max(-MOST_DEBT * most, time[LEFT] + may - measuring));
  // Longer paces spare nothing of what is measured freely, and a burst of it must not leave one that is far too long.
  const chosen = time[STEPS] > 0 ? 1 - time[FREELY] / time[STEPS] : 1;
  time[STEPS] = 0;
  time[FREELY] = 0;
  setPace(elapsed > 0 ? (chosen * measuring) / Math.max(may, 1e-9) : 1);
  if (time[PACE] > 0) wake();
}

// `over`: what was taken, in units of what may be.
function setPace(over: number): void {
  const left = time[LEFT] / (settings.budget * BUCKET);
  if (time[PACE] === 0) {
    if (left >= 0) return;
    time[PACE] = FIRST_PACE;
    ledger[PACED] = 1;
    // What a call allocates until its reading comes otherwise now.
    ledger[PROBE_AT] = 0;
  } else if (left > 0.5) time[PACE] *= 0.5;
  else if (left > 0) time[PACE] *= Math.min(2, Math.max(0.7, over));
  else time[PACE] *= Math.min(4, Math.max(1.1, over));
  time[PACE] = Math.min(time[PACE], ASYNC_MORE * longest());
  if (time[PACE] < FIRST_PACE / 2) release();
}

// Back to every call. What was skipped since the last measured one was like the others; before there is one, it waits.
function release(): void {
  time[PACE] = 0;
  for (const site of paced) {
    const { paces, skips, sums } = site.table;
    const skipped = skippedOf(site);
    const known = sums[slotOf(site) + S_CALLS] > 0;
    if (known && skipped > 0) standFor(site, skipped);
    if (known) time[PASSED_BY] += skipped;
    skips[site.n] = 0;
    const at = site.n * PACE_WIDTH;
    (paces as Float64Array).fill(0, at, at + PACE_WIDTH);
    if (!known) (paces as Float64Array)[at + PASSED] = skipped;
  }
  paced.clear();
  ledger[PACED] = 0;
}

function draw(site: Site, skip: number): void {
  const paces = site.table.paces as Float64Array;
  const at = site.n * PACE_WIDTH;
  paces[at + PASSED] = skippedOf(site);
  paces[at + DRAWN] = skip;
  site.table.skips[site.n] = skip;
}

// A call is measured while functions are sampled: for how many does it stand, and how many are skipped next?
function weigh(site: Site, at: number): number {
  if (site.line === PROBED) return 1;
  if (counts[WITHIN] === 0) return step(site, at);
  counts[WITHIN]--;
  return 1;
}

function step(site: Site, now: number): number {
  const { table, n } = site;
  if (table.paces === null) {
    table.paces = new Float64Array(table.sites.length * PACE_WIDTH);
    table.samples = new Float64Array(table.sites.length * SAMPLE_WIDTH);
  }
  const { paces } = table;
  const at = n * PACE_WIDTH;
  const weight = skippedOf(site) + 1;
  time[PASSED_BY] += weight - 1;
  paces[at + PASSED] = 0;
  paces[at + DRAWN] = 0;
  table.skips[n] = 0;
  time[STEPS]++;
  const shared = crowd();
  if (paces[at + LAST] === 0) {
    // The first one seen: how often it is called, the next one tells.
    paced.add(site);
    paces[at + FREE] = BURST / shared;
    time[FREELY]++;
  } else {
    const elapsed = now - paces[at + LAST];
    const between = elapsed / weight;
    const known = paces[at + BETWEEN];
    paces[at + BETWEEN] = known > 0 ? (known + between) / 2 : between;
    const free = Math.min(BURST / shared, paces[at + FREE] + (elapsed * RARELY) / 1000 / shared) - 1;
    paces[at + FREE] = Math.max(free, 0);
    if (free < 0) {
      // Of twice the stride any number, evenly: no rhythm of the program's can fall in with it.
      const every = Math.min(time[PACE] / (site.awaits.length > 0 ? ASYNC_MORE : 1), longest());
      const stride = Math.min(every / Math.max(paces[at + BETWEEN], 1e-6), 8 * weight, 1e6);
      if (stride > 1) draw(site, dice() % Math.round(2 * stride - 1));
    } else time[FREELY]++;
  }
  paces[at + LAST] = now;
  return weight;
}

// The longest pace: each function is measured so often whatever the budget, so that no call stands for too many.
function longest(): number {
  return (1000 / RARELY) * crowd();
}

// How many times more functions are hot at once than a few.
function crowd(): number {
  return Math.max(1, paced.size / FEW);
}

function dice(): number {
  let x = random[0];
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  random[0] = x;
  return x & 0x3fffffff;
}

// A function that was hot and is not any more must not wait for thousands of calls to be measured again.
function wake(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    settle();
    timer = undefined;
    look();
    const at = now();
    for (const site of paced) {
      const last = (site.table.paces as Float64Array)[site.n * PACE_WIDTH + LAST];
      // At the rate of late, the next one would come too late.
      const between = (at - last) / (skippedOf(site) + 1);
      if (site.table.skips[site.n] * between > 4 * time[PACE]) draw(site, 0);
    }
    settleOwn();
  }, LOOK_AGAIN);
  timer.unref();
}

// Code that has never run takes the most of the stack: a first sample may be taken deep in a recursion.
function warmUp(): void {
  const { sites } = newTable('', [['', 0, Kind.Sync]]);
  time[PACE] = 1;
  for (let i = 1; i <= BURST + 100; i++) weigh(sites[0], i / 1000);
  time[PACE] = 0;
  time[PASSED_BY] = 0;
  paced.clear();
}

random[0] = (Math.random() * 0x7fffffff) | 1;
// Another budget: what was drawn for the last one says nothing.
changed.budget = release;
hooks.due = due;
hooks.weigh = weigh;
hooks.started = started;
