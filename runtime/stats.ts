// The account at this moment, for whoever asks: the ledger's sums and each function's. Reading it is
// memprof's own work, and is charged so.

import { meter, OVERHEAD } from './heap';
import { CLAIMED, EXTERNAL_SUM, IN_FLIGHT, ledger, OWNED, settle, settleOwn, UNOWNED } from './ledger';
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
  tables,
} from './sites';

const KINDS = ['sync', 'async', 'generator', 'async generator'] as const;

/** One function; sums over its finished calls, bytes and milliseconds. */
export interface FunctionStats {
  name: string;
  file: string;
  line: number;
  kind: (typeof KINDS)[number];
  calls: number;
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
  inFlight: number;
  /** The costliest first. */
  functions: FunctionStats[];
}

export function stats(): Stats {
  settle();
  const owned = ledger[OWNED];
  const unowned = ledger[UNOWNED];
  const overhead = meter[OVERHEAD];
  const functions = new Map<string, FunctionStats>();
  for (const table of tables) for (const site of table.sites) add(functions, site);
  const result: Stats = {
    allocated: owned + unowned + overhead,
    owned,
    awaited: ledger[CLAIMED],
    unowned,
    overhead,
    external: ledger[EXTERNAL_SUM],
    inFlight: ledger[IN_FLIGHT],
    functions: [...functions.values()].sort((a, b) => b.total + b.awaited - (a.total + a.awaited)),
  };
  settleOwn();
  return result;
}

// A module that was loaded twice (a test runner that resets its registry) has two tables: one function still.
function add(functions: Map<string, FunctionStats>, site: Site): void {
  const { sums, path } = site.table;
  const at = site.at;
  if (sums[at + S_CALLS] === 0) return;
  const key = `${path}\0${site.line}\0${site.name}`;
  const found = functions.get(key);
  const one: FunctionStats = found ?? {
    name: site.name,
    file: path,
    line: site.line,
    kind: KINDS[site.kind],
    calls: 0,
    errors: 0,
    self: 0,
    total: 0,
    awaited: 0,
    external: 0,
    max: 0,
    time: 0,
    maxTime: 0,
  };
  if (!found) functions.set(key, one);
  one.calls += sums[at + S_CALLS];
  one.errors += sums[at + S_ERRORS];
  one.self += sums[at + S_SELF];
  one.total += sums[at + S_TOTAL];
  one.awaited += sums[at + S_AWAITED];
  one.external += sums[at + S_EXTERNAL];
  one.max = Math.max(one.max, sums[at + S_MAX]);
  one.time += sums[at + S_TIME];
  one.maxTime = Math.max(one.maxTime, sums[at + S_MAX_TIME]);
}
