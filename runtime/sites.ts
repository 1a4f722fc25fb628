// What is measured: the functions of each source file, as their tables name them, and the sums over
// their finished calls. Serves the ledger and whoever reads the account.

import { Kind, type SiteRow } from '../contract/abi';
import { arena } from './arena';

/** A source file's functions. */
export interface Table {
  path: string;
  /** The number of its first function (`idOf`). */
  first: number;
  sites: Site[];
  sums: Float64Array;
  /** By site: how many of its next calls are not measured (budget.ts). */
  skips: Int32Array;
  /** Once not every call is measured: how calls are sampled, PACE_WIDTH slots a site, and what that leaves in doubt. */
  paces: Float64Array | null;
  samples: Float64Array | null;
  /**
   * By site, made when first used: what its suspensions claim, by their index (claims.ts), bytes of nobody's that its calls
   * bring with them (slices.ts), lines of the log.
   */
  fits: unknown[][] | null;
  around: Float64Array | null;
  lines: Float64Array | null;
  /** Two by site: its rows of what is known of rests of pages (rests.ts), from 1 on; 0: none. Outlives a reset. */
  rests: Int32Array | null;
}

/** One instrumented function: what it is, and where in its table's `sums` its figures begin. */
export interface Site {
  table: Table;
  name: string;
  line: number;
  kind: Kind;
  params: string[];
  awaits: number[];
  /** Its own threshold for a spike, bytes; -1: the global one. */
  spike: number;
  /** Its index in the table. */
  n: number;
}

/** The line of memprof's own sites, whose calls are nobody's and are told to nobody. */
export const PROBED = -1;

/**
 * Slots of a site's sums, over its finished calls: bytes and milliseconds. Where not every call is measured
 * (budget.ts), a call that is counts as often as the calls that it stands for.
 */
export const S_CALLS = 0;
export const S_ERRORS = 1;
export const S_SELF = 2;
export const S_TOTAL = 3;
export const S_AWAITED = 4;
export const S_EXTERNAL = 5;
export const S_MAX = 6;
export const S_TIME = 7;
export const S_MAX_TIME = 8;
/** What the measured calls owned, each once. */
export const S_OWNED = 9;
export const SITE_WIDTH = 10;

/** Slots of a site's `samples`: of calls that stand for `w`, the sums of w - 1 and of what they claimed so often ... */
export const UNSEEN_CALLS = 0;
export const UNSEEN_CLAIMS = 1;
/** ... and of w (w - 1), of that times a figure, and times its square. */
export const WEIGHTS = 2;
export const SELF_1 = 3;
export const SELF_2 = 4;
export const TOTAL_1 = 5;
export const TOTAL_2 = 6;
export const AWAITED_1 = 7;
export const AWAITED_2 = 8;
export const SAMPLE_WIDTH = 9;

/** A function's number among all of the thread, from 1 on; less: one of memprof's own. */
export function idOf({ table, n }: Site): number {
  return table.first + n;
}

/** The index of its first slot in `table.sums`. */
export function slotOf({ n }: Site): number {
  return n * SITE_WIDTH;
}

/** The tables of all files that have run, in the order of their first call. */
export const tables: Table[] = [];

const NO_PARAMS: string[] = [];
const NO_AWAITS: number[] = [];

/** Makes a file's table from what the transformer wrote into the file. */
export function newTable(path: string, rows: SiteRow[]): Table {
  const isOwn = rows.length > 0 && rows[0][1] === PROBED;
  if (!isOwn) numbered += rows.length;
  const table: Table = {
    path,
    first: isOwn ? -rows.length : numbered - rows.length + 1,
    sites: [],
    sums: arena.sums(rows.length * SITE_WIDTH),
    skips: new Int32Array(rows.length),
    paces: null,
    samples: null,
    fits: null,
    around: null,
    lines: null,
    rests: null,
  };
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n];
    table.sites[n] = {
      table,
      name: row[0],
      line: row[1],
      kind: row[2],
      // What a row does not have is not looked for: a program may have put things on Array.prototype.
      params: (row.length > 3 && row[3]) || NO_PARAMS,
      awaits: (row.length > 4 && row[4]) || NO_AWAITS,
      spike: (row.length > 5 ? row[5] : undefined) ?? -1,
      n,
    };
  }
  return table;
}
let numbered = 0;

/** Lets the finished calls of a function stand for `skipped` more that were not measured. */
export function standFor(site: Site, skipped: number): void {
  const { n } = site;
  const { sums, samples } = site.table;
  const at = slotOf(site);
  const more = 1 + skipped / sums[at + S_CALLS];
  for (const slot of [S_CALLS, S_ERRORS, S_SELF, S_TOTAL, S_AWAITED, S_EXTERNAL, S_TIME])
    sums[at + slot] *= more;
  sums[at + S_CALLS] = Math.round(sums[at + S_CALLS]);
  if (samples === null) return;
  for (let slot = WEIGHTS; slot < SAMPLE_WIDTH; slot++) samples[n * SAMPLE_WIDTH + slot] *= more ** 2;
  samples[n * SAMPLE_WIDTH + UNSEEN_CALLS] += skipped;
}

/** A function that is none: what a span is of while it is nobody's. */
export const NOWHERE: Site = {
  table: {
    path: '',
    first: 0,
    sites: [],
    sums: new Float64Array(0),
    skips: new Int32Array(0),
    paces: null,
    samples: null,
    fits: null,
    around: null,
    lines: null,
    rests: null,
  },
  name: '',
  line: 0,
  kind: Kind.Sync,
  params: [],
  awaits: [],
  spike: -1,
  n: 0,
};
