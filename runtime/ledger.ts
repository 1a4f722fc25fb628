// The ledger: who owns the bytes allocated at this moment? One owner at any time, a span (one call of an
// instrumented function) or nobody. Serves the functions that emitted code calls. Must never allocate on
// its own account without saying so, never throw into a user's call, and keep the law to the byte:
//     owned by spans + unowned + memprof's own = allocated

import { Kind, type SiteRow } from '../contract/abi';
import { arena, shared } from './arena';
import { now } from './clock';
import { compilerBegins } from './compiled';
import {
  advance,
  advanceOwn,
  advancePaced,
  Boundary,
  EXTERNAL_GREW,
  hasRoom,
  meter,
  OVERHEAD,
  RAW,
  READINGS,
  startHeap,
  stopHeap,
  TO_MEASURE,
  USED,
} from './heap';
import type { Leaks, Suspect } from './leaks/suspects';
import { giveBack, spans, takeSpan } from './pool';
import { FLOOR, restOf } from './rests';
import {
  idOf,
  newTable,
  S_AWAITED,
  S_ERRORS,
  S_MAX_TIME,
  S_TIME,
  S_TOTAL,
  type Site,
  slotOf,
  type Table,
  tables,
} from './sites';
import {
  AWAIT,
  AWAITED,
  Awaiting,
  addCall,
  awaitedOf,
  B0,
  C0,
  CHILD_AWAITED,
  CHILDREN,
  Closed,
  ELAPSED,
  ERA,
  EXPLAINED,
  EXTERNAL,
  HEAD,
  LENT,
  NEAR,
  NONE,
  RAN,
  Running,
  SELF,
  SITE,
  type Span,
  START_USED,
  STARTED,
  STATE,
  totalOf,
  U0,
  W0,
  WEIGHT,
  Yielded,
} from './span';

/** Slots of the ledger. */
export const OWNED = 0;
export const UNOWNED = 1;
export const CLAIMED = 2; // of unowned
export const EXTERNAL_SUM = 3;
export const PROBE_AT = 4; // the reading at which memprof's own bytes are measured again
export const DUE_AT = 5; // the reading at which that or the budget (budget.ts) is to be looked at
export const PACED = 6; // 1 while there are functions of which not every call is measured
/** Rests of pages that were taken off, and what calls owned that were looked at for some: of calls that are not measured as much. */
export const RESTS = 7;
export const LOOKED_FOR_RESTS = 8;
export const ledger = shared(9);

/** Slots of `counts`. Whole numbers stay apart: to change a double allocates, where code is not compiled. */
export const IN_FLIGHT = 0;
export const WAITING = 1; // suspended at an await
export const UNSEEN = 2; // boundaries of calls that are not measured
/**
 * Calls from now on that are measured, however hot: those inside of one that stands for others. What they allocate
 * would be its own else, as often as it stands for.
 */
export const WITHIN = 3;
/** The era of the calls in flight: those of an earlier one are forgotten. */
export const ERAS = 4;
export const counts = new Int32Array(new SharedArrayBuffer(5 * 4));
// Of one call at most so many.
const MOST_WITHIN = 256;

let on = false;
/** On, or to be on with the first call. */
export let live = false;
let epoch = 0;
let current: Span | null = null;
// The call inside of which all are measured: the last one that stands for others.
let standing: Span | null = null;

/** What the ledger asks of the rest of the runtime, set once by it (calls.ts, claims.ts). */
export const hooks = {
  /** A call ended: true where `explain` is wanted before it is over. Its figures are final. */
  ended: (_span: Span): boolean => false,
  explained: (_span: Span, _values: unknown[]): void => {},
  /** The same before it is told, while it is recorded (recorder/). */
  record: null as ((span: Span) => void) | null,
  /** A span comes back from an await with its value: how many of the unowned bytes are its own. */
  claim: (_span: Span, _value: unknown): number => 0,
  /** Between owners (slices.ts): nobody owns since an exit, since a suspension, no longer since an entry. */
  left: (_site: Site): void => {},
  suspended: (_span: Span, _nobodyOwns: boolean): void => {},
  entered: (_site: Site): void => {},
  interrupted: (): void => {},
  background: (): number => 0,
  /** An async call returned a promise: true where its end is to be waited for. */
  follows: (_span: Span): boolean => false,
  /** A generator comes to stand at a yield, where it may be dropped. */
  watch: (_span: Span): void => {},
  /** A span comes to run, or stops: for async contexts, while they count (context.ts). */
  runs: null as ((span: Span) => void) | null,
  stops: null as ((span: Span) => void) | null,
  /** A call begins, while it is recorded (recorder/), or leaks are looked for (leaks/). */
  begun: null as ((span: Span) => void) | null,
  /** The same: of a call that is looked at, the argument `n` (leaks/). */
  given: null as ((span: Span, value: unknown, n: number) => void) | null,
  /** V8 keeps one profile: whether the recorder's thread has taken it, and that stacks.ts has. */
  isSampled: (): boolean => false,
  samples: (_open: boolean): void => {},
  /** The same: whether leaks/ samples what stays alive. */
  isWatched: (): boolean => false,
  /** Nobody runs, soon after a collection: while leaks are looked for (leaks/). */
  grows: (): void => {},
  /** What leaks, for whoever asks, while it is looked for; it is told to the recorder when it is found. */
  leaks: null as (() => Leaks) | null,
  suspects: (_suspects: Suspect[]): void => {},
  /** Nobody runs, soon after a collection. */
  rests: (): void => {},
  /** Who made what is nobody's was found out (stacks.ts). */
  found: (): void => {},
  /** Measures what memprof itself allocates from one boundary to the next. */
  probe: (): void => {},
  /** Some readings were taken: time for the probes, or to look at the budget. */
  due: (): void => {},
  /** While not every call is measured: for how many does this one stand? */
  weigh: (_site: Site, _at: number): number => 1,
  /** Counting begins: anew after `restart`. */
  started: (_anew: boolean): void => {},
  /** Counting ends, or all figures are forgotten. */
  stopped: (_forgets: boolean): void => {},
  /** Now and then, in the midst of memprof's own work: is it to be found out who made what is nobody's (stacks.ts)? */
  looks: (): void => {},
  /** Has the compiler work on what every call runs, before the first one counts. */
  warmUp: (): void => {},
};

/** Switches counting on; spans of an earlier era stay forgotten. */
export function switchOn(): void {
  if (on) return;
  live = true;
  const kept = ledger.slice();
  const overhead = meter[OVERHEAD];
  startHeap(collected);
  on = true;
  hooks.warmUp();
  compilerBegins();
  // Getting ready is on nobody's account.
  ledger.set(kept);
  ledger[PROBE_AT] = 0;
  meter[OVERHEAD] = overhead;
  hooks.started(false);
  forget();
  advanceOwn();
}

/** Counting begins with the first call of an instrumented function: until then it costs nothing. */
export function arm(): void {
  live = true;
}

/** Switches off: calls in flight are forgotten, sums are kept. */
export function switchOff(): void {
  live = false;
  if (!on) return;
  settle();
  hooks.stopped(false);
  on = false;
  forget();
  stopHeap();
}

/** Forgets every figure and every call in flight, not what was learned: of awaits, of what is nobody's, of rests of pages. */
export function restart(): void {
  hooks.stopped(true);
  forget();
  ledger.fill(0);
  counts.fill(0);
  counts[ERAS] = epoch;
  for (const table of tables) {
    table.sums.fill(0);
    table.skips.fill(0);
    table.paces = null;
    table.samples = null;
    table.lines = null;
  }
  hooks.started(true);
  if (on) advanceOwn();
  meter[OVERHEAD] = 0;
}

function forget(): void {
  epoch++;
  counts[ERAS] = epoch;
  current = null;
  standing = null;
  counts[IN_FLIGHT] = 0;
  counts[WAITING] = 0;
  counts[WITHIN] = 0;
}

/** Charges what was allocated until now to whoever ran. */
export function settle(): void {
  if (on) charge(current, advance(Boundary.Other));
}

// A collection is over, and nothing has asked about it yet, or it has.
function collected(): void {
  settle();
  hooks.rests();
  hooks.grows();
  settleOwn();
}

/** Charges what was allocated since the last boundary to memprof: ends a piece of work of its own. */
export function settleOwn(): void {
  if (on) advanceOwn();
}

export function owner(): Span | null {
  return current;
}

/** Has ended calls told to one more, beside whoever hears of them already (`hooks.record`). */
export function alsoRecord(listener: (span: Span) => void): void {
  hooks.record = both(hooks.record, listener);
}

/** A listener of spans, and another one after it. */
export function both(
  first: ((span: Span) => void) | null,
  second: (span: Span) => void,
): (span: Span) => void {
  if (first === null) return second;
  return (span) => {
    first(span);
    second(span);
  };
}

/** Charges what was allocated until now, and makes a span the owner, or nobody. */
export function own(span: Span | null): void {
  settle();
  current = span;
}

/** Makes a span the owner, or nobody, and returns who was. */
export function setOwner(span: Span | null): Span | null {
  const was = current;
  current = span;
  return was;
}

/** Whether spans of that epoch still count. */
export function isCurrent(of: number): boolean {
  return on && of === epoch;
}

export function fileTable(path: string, rows: SiteRow[]): Table {
  const table = newTable(path, rows);
  // No method of Array: a program may have put an instrumented function in its place, whose table this is.
  tables[tables.length] = table;
  arena.loaded(table);
  settleOwn();
  return table;
}

// Kept apart from `advance` so that each boundary says in one line who pays.
function charge(to: Span | null, bytes: number): void {
  const external = meter[EXTERNAL_GREW];
  ledger[EXTERNAL_SUM] += external;
  if (to === null) {
    ledger[UNOWNED] += bytes;
    return;
  }
  ledger[OWNED] += bytes;
  to.n[SELF] += bytes;
  to.n[EXTERNAL] += external;
  // Last: where the stack is full it throws, and the bytes are charged as they are.
  if (bytes > FLOOR) {
    const rest = restOf(to, bytes);
    ledger[OWNED] -= rest;
    to.n[SELF] -= rest;
    ledger[RESTS] += rest;
    ledger[LOOKED_FOR_RESTS] += bytes - rest;
  }
}

// What emitted code calls (emitted.ts) is small enough for the compiler to inline. The work is behind it.
/** A call of site `n` begins: to be called while `live`. */
export function begin(table: Table, n: number): Span {
  if (!on) switchOn();
  charge(current, advance(Boundary.Enter, current === null && ledger[PACED] > 0));
  if (meter[READINGS] >= ledger[DUE_AT]) hooks.due();
  const sampled = ledger[PACED] > 0;
  if (sampled && !hasRoom(TO_MEASURE)) {
    // Its exit might have none either, and nobody would end it where its callers are not measured.
    table.skips[n]--;
    return spans.off;
  }
  if (current === null && counts[WAITING] > 0) hooks.entered(table.sites[n]);
  const span = takeSpan();
  span.site = table.sites[n];
  span.epoch = epoch;
  span.state = Running;
  span.result = NONE;
  span.stops = Running;
  span.closing = false;
  span.returning = false;
  span.open = 1;
  const numbers = span.n;
  numbers[SITE] = idOf(span.site);
  numbers[ERA] = epoch;
  numbers[SELF] = 0;
  numbers[CHILDREN] = 0;
  numbers[AWAITED] = 0;
  numbers[CHILD_AWAITED] = 0;
  numbers[EXTERNAL] = 0;
  numbers[EXPLAINED] = 0;
  numbers[LENT] = 0;
  numbers[HEAD] = -1;
  numbers[START_USED] = meter[USED];
  span.parent = current;
  span.caller = current;
  if (hooks.begun !== null) hooks.begun(span);
  const at = now();
  numbers[STARTED] = at;
  const weight = sampled ? hooks.weigh(span.site, at) : 1;
  numbers[WEIGHT] = weight;
  // Before the last reading: where this is not compiled, a number on its way is boxed.
  numbers[RAN] = meter[READINGS];
  if (hooks.runs !== null) enterContext(span, Boundary.Enter);
  if (sampled) advancePaced();
  // Last of all: where one of the calls above overflows the stack, nobody has become the owner. Allocates nothing.
  if (weight > 1) {
    standing = span;
    counts[WITHIN] = MOST_WITHIN;
  }
  counts[IN_FLIGHT]++;
  if (current !== null) current.open++;
  numbers[STATE] = Running;
  current = span;
  return span;
}

// What that allocates is memprof's own, and not what a boundary allocates until the next one: the probes look at that.
function enterContext(span: Span, boundary: Boundary): void {
  const raw = meter[RAW];
  hooks.runs?.(span);
  advanceOwn(boundary);
  meter[RAW] = raw;
}

function leaveContext(span: Span, boundary: Boundary): void {
  const raw = meter[RAW];
  hooks.stops?.(span);
  advanceOwn(boundary);
  meter[RAW] = raw;
}

export function exit(span: Span): boolean {
  return span.epoch === epoch && end(span);
}

function end(span: Span): boolean {
  if (span.state === Running) {
    if (current === span) {
      // Nothing ran since its return from the await: what memprof allocated after that reading is in the next one.
      if (span.returning) span.returning = false;
      else charge(span, advance(Boundary.Exit));
    } else {
      settle();
      if (isCaller(span)) abandonTo(span);
    }
    if (isFollowed(span)) {
      if (hooks.stops !== null) leaveContext(span, Boundary.Exit);
      wait(span, -1);
      return true;
    }
    count(span, now());
    over(span);
  } else if (span.state === Closed) return false;
  else {
    const waited = span.state === Awaiting;
    // What a body's `await using` has disposed of was awaited, and nobody says that it is over.
    if (waited && isFollowed(span)) {
      settle();
      counts[WAITING]--;
      wait(span, -1);
      return true;
    }
    if (waited) hooks.interrupted();
    settle();
    const time = now();
    if (waited) counts[WAITING]--;
    else {
      span.closing = true;
      counts[IN_FLIGHT]++;
    }
    count(span, time);
  }
  return finish(span);
}

// Is it over only when the promise that it returned settles?
function isFollowed(span: Span): boolean {
  return span.site.kind === Kind.Async && span.result !== NONE && hooks.follows(span);
}

// Nobody owns any more, since a call ended: what follows is its caller's work, which nobody measures.
function over(span: Span): void {
  if (current !== null) return;
  if (counts[WAITING] > 0) hooks.left(span.site);
  else hooks.interrupted();
}

/** Ends a span whose promise was waited for (`hooks.follows`). */
export function exitFollowed(span: Span, value: unknown, failed: boolean): boolean {
  if (span.epoch !== epoch || span.state !== Awaiting) return false;
  settle();
  counts[WAITING]--;
  span.state = Running;
  span.result = failed ? NONE : value;
  if (!failed) take(span, value);
  count(span, now());
  over(span);
  return finish(span);
}

// The call is over, in one piece: nothing is called but the first, so a stack that is full cannot come between.
// Until then the span is the owner, and whoever called it ends it where its own exit failed.
function count(span: Span, time: number): void {
  addCall(span.site, span.n, span.parent);
  const weight = span.n[WEIGHT];
  const elapsed = time - span.n[STARTED];
  span.n[ELAPSED] = elapsed;
  const { sums } = span.site.table;
  const at = slotOf(span.site);
  if (span.result === NONE && !span.closing) sums[at + S_ERRORS] += weight;
  sums[at + S_TIME] += weight * elapsed;
  if (elapsed > sums[at + S_MAX_TIME]) sums[at + S_MAX_TIME] = elapsed;
  counts[IN_FLIGHT]--;
  if (standing === span) {
    standing = null;
    counts[WITHIN] = 0;
  }
  span.state = Closed;
  span.n[STATE] = Closed;
  if (current === span) current = span.caller;
}

function finish(span: Span): boolean {
  if (hooks.stops !== null) leaveContext(span, Boundary.Exit);
  span.context = null;
  if (hooks.record !== null) hooks.record(span);
  const wanted = hooks.ended(span);
  rollUp(span);
  if (wanted) return true;
  release(span);
  goesOn();
  return false;
}

// Where not every call is measured, what follows an event is told by readings of its own (`advancePaced`).
export function goesOn(): void {
  if (ledger[PACED] > 0 && current !== null) advancePaced();
}

export function explain(span: Span, values: unknown[]): void {
  if (span.epoch !== epoch) return;
  hooks.explained(span, values);
  // A followed call is not over: its shapes were taken while its parameters were at hand.
  if (span.state !== Awaiting) release(span);
  settleOwn();
  goesOn();
}

// A child that outlives its parent still counts where it came from: its parent's site, not a call's.
function rollUp(span: Span): void {
  const parent = span.parent;
  if (parent === null) return;
  const total = totalOf(span.n);
  const awaited = awaitedOf(span.n);
  if (parent.state !== Closed) {
    parent.n[CHILDREN] += total;
    parent.n[CHILD_AWAITED] += awaited;
    parent.n[EXPLAINED] += span.n[EXPLAINED];
  } else {
    const { sums } = parent.site.table;
    sums[slotOf(parent.site) + S_TOTAL] += parent.n[WEIGHT] * total;
    sums[slotOf(parent.site) + S_AWAITED] += parent.n[WEIGHT] * awaited;
    // One step up is enough: a chain of calls that start each other and never wait must not hold on to
    // all that went before.
    span.parent = null;
  }
  letGo(parent);
}

function release(span: Span): void {
  span.result = undefined;
  span.in = undefined;
  span.args = null;
  span.story = null;
  span.caller = null;
  span.state = Closed;
  // Its caller has counted it as over, and may be used for another call from now on.
  span.parent = null;
  if (span.card !== null) span.card.epoch = -1;
  letGo(span);
}

// Back to the pool once the call has been told of and its children have ended, in whichever order.
function letGo(span: Span): void {
  if (--span.open > 0) return;
  span.epoch = -1;
  giveBack(span);
}

// Is `span` among those that wait for the owner to return?
function isCaller(span: Span): boolean {
  for (let one = current; one !== null; one = one.caller) if (one === span) return true;
  return false;
}

// Calls between the owner and `span` ended without an exit: the stack overflowed in it.
function abandonTo(span: Span): void {
  while (current !== null && current !== span) {
    const lost: Span = current;
    lost.result = NONE;
    const time = now();
    if (lost.state === Running) {
      count(lost, time);
      if (finish(lost)) explain(lost, []);
    } else current = lost.caller;
  }
}

// Whatever can fail comes first: a stack that is full leaves the span as it was, the owner.
function wait(span: Span, n: number): void {
  const next = current === span ? span.caller : current;
  const numbers = span.n;
  const background = hooks.background();
  hooks.suspended(span, next === null);
  span.at = n;
  numbers[U0] = ledger[UNOWNED];
  numbers[C0] = ledger[CLAIMED];
  numbers[B0] = background;
  numbers[NEAR] = 0;
  numbers[W0] = numbers[CHILDREN] + numbers[CHILD_AWAITED];
  if (numbers[HEAD] < 0) numbers[HEAD] = numbers[SELF];
  counts[WAITING]++;
  numbers[AWAIT] = n;
  numbers[STATE] = Awaiting;
  span.state = Awaiting;
  if (standing === span) {
    standing = null;
    counts[WITHIN] = 0;
  }
  current = next;
  span.caller = null;
}

function stop(span: Span): void {
  charge(current, advance(Boundary.Suspend));
  if (hooks.stops !== null) leaveContext(span, Boundary.Suspend);
  if (current !== span && isCaller(span)) abandonTo(span);
}

/** Before the await with index `n`. */
export function pause(span: Span, n: number): void {
  if (span.epoch !== epoch) {
    counts[UNSEEN]++;
    return;
  }
  if (span.state !== Running) return;
  stop(span);
  wait(span, n);
  goesOn();
}

/** Before a yield. */
export function stand(span: Span, n: number): void {
  if (span.epoch !== epoch || span.state !== Running) return;
  stop(span);
  hooks.watch(span);
  span.at = n;
  span.state = Yielded;
  span.n[STATE] = Yielded;
  // Whoever holds the generator may drop it here: nothing of ours may count it, or keep it.
  counts[IN_FLIGHT]--;
  if (standing === span) {
    standing = null;
    counts[WITHIN] = 0;
  }
  if (current === span) current = span.caller;
  span.caller = null;
  goesOn();
}

/** After an await, with its value, or after a yield; `returning`: its exit comes next. */
export function comeBack(span: Span, value: unknown, returning = false): void {
  if (span.epoch !== epoch) {
    counts[UNSEEN]++;
    return;
  }
  if (span.state === Running) return;
  const awaited = span.state === Awaiting;
  goOn(span);
  if (awaited) take(span, value);
  goesOn();
  span.returning = returning;
}

// From an await a span comes back out of the microtask queue, where nobody runs: an owner found there
// was left behind by an overflow. From a yield it comes back inside its consumer.
function goOn(span: Span): void {
  charge(current, advance(Boundary.Resume, current === null && ledger[PACED] > 0));
  if (span.state === Awaiting) {
    counts[WAITING]--;
    span.caller = null;
  } else {
    counts[IN_FLIGHT]++;
    span.caller = current;
    // It stands at no yield, where being dropped would end it.
    if (span.card !== null) span.card.epoch = -1;
  }
  if (hooks.runs !== null) enterContext(span, Boundary.Resume);
  if (ledger[PACED] > 0 && counts[WITHIN] === 0 && span.n[WEIGHT] > 1) {
    standing = span;
    counts[WITHIN] = MOST_WITHIN;
  }
  span.n[RAN] = meter[READINGS];
  span.n[STATE] = Running;
  span.state = Running;
  current = span;
}

function take(span: Span, value: unknown): void {
  const bytes = hooks.claim(span, value);
  if (bytes > 0) {
    span.n[AWAITED] += bytes;
    ledger[CLAIMED] += bytes;
  }
}

/** Where a span may have been suspended by the engine, or left by an overflow: it runs again. */
export function reenter(span: Span, value?: unknown): void {
  if (span.epoch !== epoch) return;
  if (span.state !== Running) {
    const awaited = span.state === Awaiting;
    goOn(span);
    // A round of `for await`, or a rejection: what it cost is known by what was allocated, where nothing came.
    if (awaited) take(span, value);
    goesOn();
  } else if (current !== span && isCaller(span)) {
    settle();
    abandonTo(span);
  }
}

/** A user's catch block begins. */
export function caught(span: Span): void {
  reenter(span);
  span.result = NONE;
  span.closing = false;
}

/** A user's finally block begins: the mark of a completion that is pending. */
export function lastly(span: Span): unknown {
  if (span.state === Yielded) span.closing = true;
  reenter(span);
  const mark = span.result;
  span.result = NONE;
  return mark;
}
