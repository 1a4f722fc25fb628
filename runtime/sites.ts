// What is measured: the functions of each source file, as their tables name them, and the sums over
// their finished calls. Serves the ledger and whoever reads the account.

import { Kind, type SiteRow } from '../contract/abi';

/** A source file's functions. */
export interface Table {
  path: string;
  sites: Site[];
  sums: Float64Array;
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
  /** Index of its first slot in `table.sums`. */
  at: number;
  /** What its suspensions claim, by their index (claims.ts); made at the first estimate. */
  fits: unknown[];
  /** Bytes of nobody's that its calls bring with them (slices.ts). */
  around: Float64Array | null;
  /** Of the log: tokens left, when they were counted, lines left out since the last one. */
  lines: Float64Array | null;
}

/** The line of memprof's own sites, whose calls are nobody's and are told to nobody. */
export const PROBED = -1;

/** Slots of a site's sums, over its finished calls: bytes and milliseconds. */
export const S_CALLS = 0;
export const S_ERRORS = 1;
export const S_SELF = 2;
export const S_TOTAL = 3;
export const S_AWAITED = 4;
export const S_EXTERNAL = 5;
export const S_MAX = 6;
export const S_TIME = 7;
export const S_MAX_TIME = 8;
const SITE_WIDTH = 9;

/** The tables of all files that have run, in the order of their first call. */
export const tables: Table[] = [];

/** Makes a file's table from what the transformer wrote into the file. */
export function newTable(path: string, rows: SiteRow[]): Table {
  const table: Table = { path, sites: [], sums: new Float64Array(rows.length * SITE_WIDTH) };
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n];
    table.sites[n] = {
      table,
      name: row[0],
      line: row[1],
      kind: row[2],
      // What a row does not have is not looked for: a program may have put things on Array.prototype.
      params: (row.length > 3 && row[3]) || [],
      awaits: (row.length > 4 && row[4]) || [],
      spike: (row.length > 5 ? row[5] : undefined) ?? -1,
      at: n * SITE_WIDTH,
      fits: [],
      around: null,
      lines: null,
    };
  }
  return table;
}

/** A function that is none: what a span is of while it is nobody's. */
export const NOWHERE: Site = {
  table: { path: '', sites: [], sums: new Float64Array(0) },
  name: '',
  line: 0,
  kind: Kind.Sync,
  params: [],
  awaits: [],
  spike: -1,
  at: 0,
  fits: [],
  around: null,
  lines: null,
};
