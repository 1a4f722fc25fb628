// How much of a stretch's growth did nobody allocate, since it is the rest of a page that an object did not fit into?
// Serves the ledger, which takes it off. It must never take anything from a function of many small objects, which
// leave no rests, never ask V8, and allocate nothing but a function's first row.

import { advanceOwnAgain, meter, RAW, USED } from './heap';
import { BEFORE, FROM, fillInOrder, KEPT, LARGEST, LAST, OTHERS, PAGE, place, TO } from './page';
import { CHILDREN, type Span } from './span';

// A stretch that begins with `left` bytes left in the page and ends at `into` in the next one grew by left + into. Of
// that the rest is min(left, into) at most, anything from 0 on: what does not fit is larger than the rest, and lies in `into`.
// Where the function allocates the same whenever it stays in the page, what is more than that is the rest. Else: how much a
// page has left as a stretch begins does not depend on what it is about to allocate. So stretches that begin with little left
// grow by more, in the mean, by the rests alone, and what share of min(left, into) that is can be told (instrumental variables:
// whether little was left is the instrument, since whether a stretch crossed does depend on its size). A function that makes
// one object in the main is known by that it never ends in the next page sooner than what was left: all of that is a rest.

/** Less growth than this is not looked at: rests are a hundredth of it. */
export const FLOOR = 1024;

// Slots of a row.
const USUAL = 0; // bytes, in the page, as they mostly are
const SURE = 1; // how surely
const ALONE = 2; // how surely it makes one object in the main
const N0 = 3; // stretches that began with much left, their bytes, and min(left, into) of those that crossed
const BYTES_0 = 4;
const MOST_0 = 5;
const N1 = 6; // the same with little left
const BYTES_1 = 7;
const MOST_1 = 8;
const SQUARES = 9; // of all their bytes
const WIDTH = 10;

const FEW = 16;
let rows = new Float64Array(0);
let used = 0;

// What differs by less is the same: a boxed number here and there.
const SAME = 96;
// One that differs weighs as much as so many that do not.
const OTHERWISE = 4;
// What is so much less is made by the way.
const BY_THE_WAY = 8;
const USUAL_SURE = 6;
const USUAL_SUREST = 16;
const ALONE_SURE = 10;
const ALONE_SUREST = 24;
// What stands beside an object that is alone: its header's object, what memprof allocates itself.
const BESIDE = 1024;
// A share is believed from so many standard errors on, and so large: below, there is little to be gained.
const BELIEVED = 4;
const BELIEVED_ALONE = 2;
const SHARE = 0.25;
const SHARE_ALONE = 0.5;
const REMEMBERED = 1024;

// Boxed numbers of what is compiled take no more than so many bytes; calm for so many stretches; then one in so many is looked at.
const BOXED = 64;
const CALM = 64;
const WATCHED_EVERY = 512;
let calm = 0;
let unwatched = 0;

/** Bytes that nobody allocated, of `bytes` that the last reading charges to a call. */
export function restOf(span: Span, bytes: number): number {
  const rest = restIn(span, bytes);
  // Until it is compiled each number on its way is boxed, some hundred bytes in all, which would be the caller's. So it is
  // watched by readings of its own until it has been calm for a while, and looked at again now and then.
  if (--unwatched > 0) return rest;
  advanceOwnAgain();
  const took = meter[RAW];
  advanceOwnAgain();
  calm = took >= 0 && meter[RAW] >= 0 && took - meter[RAW] < BOXED ? calm + 1 : 0;
  unwatched = calm < CALM ? 1 : WATCHED_EVERY;
  return rest;
}

function restIn(span: Span, bytes: number): number {
  let from = place[FROM];
  let to = place[TO];
  let before = place[BEFORE];
  if (meter[RAW] >= 0) {
    to = meter[USED] - place[OTHERS];
    from = to - meter[RAW];
    before = -1;
  }
  const page = place[PAGE];
  // Not known, or in the last page: crossing it is a collection.
  if (!(from >= 0 && from < place[LAST] && to >= from && page > 0)) return 0;
  const next = (Math.floor(from / page) + 1) * page;
  // Over two pages at once: nothing tells what is left in the first.
  if (to >= next + page) return 0;
  const crossed = to >= next;
  const into = to - next;
  if (before >= 0) return restAround(rowOf(span), bytes, before, crossed ? Math.min(next - from, into) : 0);
  // What memprof allocated first is no rest.
  const left = next - from - Math.max(0, to - from - bytes);
  if (left <= 0) return 0;
  const at = rowOf(span);
  let rest = 0;
  let most = 0;
  if (crossed) {
    most = Math.min(left, into, LARGEST);
    rest = Math.round(restAt(at, bytes, left, most));
    if (rest >= KEPT && fillInOrder()) advanceOwnAgain();
    const alone = into >= left - BESIDE && into <= LARGEST + BESIDE;
    rows[at + ALONE] = alone
      ? Math.min(rows[at + ALONE] + 1, ALONE_SUREST)
      : Math.max(rows[at + ALONE] - 2 * OTHERWISE, 0);
  } else stayed(at, bytes);
  learn(at, bytes, left, most);
  return rest;
}

// Of a stretch with a collection in it: which are so few, and so unlike others, that they teach nothing.
function restAround(at: number, bytes: number, before: number, after: number): number {
  const most = before + after;
  return Math.round(Math.min(bytes, restAt(at, bytes, most, most, false)));
}

function restAt(at: number, bytes: number, left: number, most: number, shared = true): number {
  if (rows[at + SURE] >= USUAL_SURE) {
    const more = bytes - rows[at + USUAL];
    if (Math.abs(more) <= SAME) return 0;
    if (more > 0 && more <= most + SAME) return Math.min(more, most);
  }
  const n0 = rows[at + N0];
  const n1 = rows[at + N1];
  if (n0 < 4 || n1 < 4) return 0;
  const mean0 = rows[at + BYTES_0] / n0;
  const mean1 = rows[at + BYTES_1] / n1;
  const share = (mean1 - mean0) / (rows[at + MOST_1] / n1 - rows[at + MOST_0] / n0);
  if (!(share > SHARE)) return 0;
  const variance = (rows[at + SQUARES] - n0 * mean0 ** 2 - n1 * mean1 ** 2) / (n0 + n1);
  const errors = (mean1 - mean0) / Math.sqrt(Math.max(variance, 1) * (1 / n0 + 1 / n1));
  if (rows[at + ALONE] >= ALONE_SURE && share > SHARE_ALONE && errors > BELIEVED_ALONE)
    return Math.min(left, bytes);
  return shared && errors > BELIEVED ? Math.min(share, 1) * most : 0;
}

function stayed(at: number, bytes: number): void {
  const usual = rows[at + USUAL];
  if (Math.abs(bytes - usual) <= SAME) {
    rows[at + USUAL] += (bytes - usual) / 8;
    if (rows[at + SURE] < USUAL_SUREST) rows[at + SURE]++;
  } else if (bytes < usual / BY_THE_WAY) return;
  else if (rows[at + SURE] > OTHERWISE) rows[at + SURE] -= OTHERWISE;
  else {
    rows[at + USUAL] = bytes;
    rows[at + SURE] = 1;
  }
}

function learn(at: number, bytes: number, left: number, most: number): void {
  const n = rows[at + N0] + rows[at + N1];
  // Where to part them is known by earlier stretches alone.
  const little = n === 0 ? bytes : (rows[at + BYTES_0] + rows[at + BYTES_1]) / n;
  const group = at + (left < Math.min(little, LARGEST) ? N1 : N0);
  rows[group]++;
  rows[group + 1] += bytes;
  rows[group + 2] += most;
  rows[at + SQUARES] += bytes * bytes;
  if (n >= REMEMBERED) for (let slot = N0; slot < WIDTH; slot++) rows[at + slot] /= 2;
}

// The index of its first slot; made when first asked for, on memprof's account. What a call makes before the first call
// that is measured inside of it and what it makes after that are two.
function rowOf({ site, n: numbers }: Span): number {
  const { table } = site;
  const n = 2 * site.n + (numbers[CHILDREN] > 0 ? 1 : 0);
  const known = table.rests;
  if (known !== null && known[n] > 0) return (known[n] - 1) * WIDTH;
  if (known === null) table.rests = new Int32Array(2 * table.sites.length);
  if ((used + 1) * WIDTH > rows.length) {
    const more = new Float64Array(Math.max(FEW * WIDTH, 2 * rows.length));
    more.set(rows);
    rows = more;
  }
  (table.rests as Int32Array)[n] = ++used;
  advanceOwnAgain();
  return (used - 1) * WIDTH;
}
