// The account at this moment, for whoever asks: the ledger's sums and each function's. Reading it is
// memprof's own work, and is charged so.

import { timeTaken } from './budget';
import { bound, type Estimate, tally, withoutRests } from './estimate';
import { meter, OVERHEAD } from './heap';
import type { Leaks } from './leaks/suspects';
import { counts, EXTERNAL_SUM, hooks, IN_FLIGHT, ledger, OWNED, settle, settleOwn, UNOWNED } from './ledger';
import {
  S_AWAITED,
  S_CALLS,
  S_ERRORS,
  S_EXTERNAL,
  S_MAX,
  S_MAX_TIME,
  S_SELF,
  S_TIME,
  S_TOTAL,
  type Site,
  slotOf,
} from './sites';
import { type UnownedStack, unownedBy } from './stacks';

export const KINDS = ['sync', 'async', 'generator', 'async generator'] as const;

/**
 * One function; sums over its finished calls, bytes and milliseconds. Where the budget did not let each call be
 * measured, sums are those of the measured ones, each as often as the calls that it stands for.
 */
export interface FunctionStats {
  name: string;
  file: string;
  line: number;
  kind: (typeof KINDS)[number];
  calls: number;
  /** Of them measured: all, unless the budget let the function be sampled. */
  measured: number;
  /** Calls that threw or whose promise was rejected. */
  errors: number;
  /** What its own calls owned: exact. */
  self: number;
  /** `self`, and the total of the calls made from it: exact. */
  total: number;
  /** Claimed by its calls and their children while they waited: estimated. `total + awaited` is what it cost. */
  awaited: number;
  /** Buffers and ArrayBuffers made while it owned. */
  external: number;
  /** The costliest call, `total + awaited`. */
  max: number;
  time: number;
  maxTime: number;
  /** Standard errors of `self`, `total` and `awaited` that come from sampling: 0 where each call was measured. */
  selfError: number;
  totalError: number;
  awaitedError: number;
}

/** The account: `allocated = owned + unowned + overhead`, to the byte. */
export interface Stats {
  allocated: number;
  owned: number;
  /** The part of `unowned` that calls claimed: estimated. */
  awaited: number;
  unowned: number;
  /** memprof's own bytes. */
  overhead: number;
  external: number;
  /** Milliseconds that memprof has taken, about, of so many since it began. */
  ownTime: number;
  elapsed: number;
  inFlight: number;
  /** The costliest first. */
  functions: FunctionStats[];
  /**
   * Which code made what is unowned, the costliest first, 10 at most: estimated, from samples, their bytes never more
   * than `unowned` in sum. Empty until 64 MB were allocated and more than a quarter of them is nobody's and unclaimed.
   * Found out when it is read first: V8 may collect the heap for that.
   */
  unownedBy: UnownedStack[];
  /** What is not let go, and who makes it: while leaks are looked for. */
  leaks?: Leaks;
}

const SHOWN = Symbol.for('nodejs.util.inspect.custom');

export function stats(): Stats {
  settle();
  const { own, elapsed } = timeTaken();
  const overhead = meter[OVERHEAD];
  const functions = new Map<string, FunctionStats>();
  const { measured, most, claims } = tally((site, estimate) => add(functions, site, estimate));
  bound([...functions.values()], most);
  let owned = ledger[OWNED] - measured;
  for (const { self } of functions.values()) owned += self;
  const claimed = Math.floor(claims);
  const { allocated, unowned } = withoutRests(
    ledger[UNOWNED] + ledger[OWNED] - owned,
    claimed,
    owned - ledger[OWNED],
  );
  const awaited = Math.min(claimed, unowned);
  let stacks: UnownedStack[] | undefined;
  const result: Stats = {
    allocated,
    owned,
    awaited,
    unowned,
    overhead,
    external: ledger[EXTERNAL_SUM],
    ownTime: own,
    elapsed,
    inFlight: counts[IN_FLIGHT],
    functions: costliestFirst(functions),
    get unownedBy() {
      stacks ??= unownedBy(unowned);
      return stacks;
    },
  };
  if (hooks.leaks !== null) result.leaks = hooks.leaks();
  Object.defineProperty(result, SHOWN, { value: shown });
  settleOwn();
  return result;
}

// Shown by Node's console, a getter says nothing.
function shown(this: Stats): Stats {
  return { ...this };
}

function add(functions: Map<string, FunctionStats>, site: Site, estimate: Estimate): void {
  const { sums, path } = site.table;
  const { calls, measured, selfError, totalError, awaitedError, sum } = estimate;
  if (calls === 0) return;
  addTo(functions, {
    name: site.name,
    file: path,
    line: site.line,
    kind: KINDS[site.kind],
    calls,
    measured,
    errors: sum(S_ERRORS),
    self: sum(S_SELF),
    total: sum(S_TOTAL),
    awaited: sum(S_AWAITED),
    external: sum(S_EXTERNAL),
    max: sums[slotOf(site) + S_MAX],
    time: (sums[slotOf(site) + S_TIME] * calls) / Math.max(1, sums[slotOf(site) + S_CALLS]),
    maxTime: sums[slotOf(site) + S_MAX_TIME],
    selfError,
    totalError,
    awaitedError,
  });
}

/**
 * Adds a function's figures to those that are there already, of a function in two tables (a module that was loaded
 * twice, by a test runner that resets its registry) or in two isolates: one function still. Keeps `one` if it is the
 * first, and changes it with the next.
 */
export function addTo(functions: Map<string, FunctionStats>, one: FunctionStats): void {
  const key = `${one.file}\0${one.line}\0${one.name}`;
  const sum = functions.get(key);
  if (sum === undefined) {
    functions.set(key, one);
    return;
  }
  sum.calls += one.calls;
  sum.measured += one.measured;
  sum.errors += one.errors;
  sum.self += one.self;
  sum.total += one.total;
  sum.awaited += one.awaited;
  sum.external += one.external;
  sum.max = Math.max(sum.max, one.max);
  sum.time += one.time;
  sum.maxTime = Math.max(sum.maxTime, one.maxTime);
  sum.selfError = Math.hypot(sum.selfError, one.selfError);
  sum.totalError = Math.hypot(sum.totalError, one.totalError);
  sum.awaitedError = Math.hypot(sum.awaitedError, one.awaitedError);
}

export function costliestFirst(functions: Map<string, FunctionStats>): FunctionStats[] {
  return [...functions.values()].sort((a, b) => b.total + b.awaited - (a.total + a.awaited));
}
