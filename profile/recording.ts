// What a recording says, once it is read (read.ts): one thread of one process. Times in ms since its `start`, sizes in bytes.

import type { Frame, InFlight } from '../contract/recording';
import type { Histogram } from './histogram';

/** A recording's first line. Limits in bytes, `start` in ms since 1970; `rssLimit` null where there is none. */
export interface Header {
  version: string;
  start: number;
  pid: number;
  parent: number;
  thread: number;
  node: string;
  script: string;
  heapLimit: number;
  rssLimit: number | null;
  rssLimitBy: string | null;
}

/** A function; `kind`: 0 sync, 1 async, 2 generator, 3 async generator; `awaits`: the lines of its awaits. */
export interface Site {
  name: string;
  file: string;
  line: number;
  kind: number;
  awaits: number[];
  /** Names of its parameters. */
  params: string[];
}

/** Sums of a function since the start: bytes, `max` and `time` as the recorder has them. */
export interface Sums {
  calls: number;
  errors: number;
  self: number;
  total: number;
  awaited: number;
  external: number;
  max: number;
  time: number;
}

/** The process at a moment: bytes; `at` in ms since `start`, here and below. */
export interface Memory {
  at: number;
  heapUsed: number;
  external: number;
  rss: number;
  owned: number;
  unowned: number;
  inFlight: number;
  /** All processes of the control group; 0 where it has no limit. */
  group: number;
}

export interface Flight {
  at: number;
  why: string;
  /** The one that runs first, then by cost. Calls that are known to have ended since are left out. */
  calls: InFlight[];
  more: number;
  /** All of them, shown or not, as they were then. */
  counts: [site: number, count: number][];
}

/** What was alive: bytes since sampling began, by the stack that made it, innermost first. */
export interface Live {
  at: number;
  share: number;
  by: string;
  stacks: { bytes: number; frames: Frame[] }[];
}

export interface Spike {
  at: number;
  site: number;
  total: number;
  awaited: number;
  external: number;
  arguments: [name: string, shape: string][];
  awaitedValues: [line: number, shape: string, bytes: number][];
  returned: string | null;
}

/** A rule was raised or has recovered; `value` and `threshold` in `unit`, `place` where it is about a function. */
export interface Alert {
  at: number;
  rule: string;
  state: string;
  value: number;
  threshold: number;
  unit: string;
  place: Frame | null;
  message: string;
}

/** Who called whom: a function below those that called it. A recursion is one path. */
export interface Path {
  /** The path that it goes on from; 0: nobody that is instrumented called it. */
  above: number;
  site: number;
}

/** Sums over the calls of a path, without what they called: bytes, `awaited` estimated. */
export interface PathSums {
  calls: number;
  self: number;
  awaited: number;
  external: number;
}

/** Collections since counting began: how many, how many of the whole heap, ms that they took, bytes that they freed. */
export interface Collections {
  at: number;
  all: number;
  major: number;
  time: number;
  freed: number;
  /** In use after the last one of the whole heap; 0 before there was one, or where it is not told. */
  live: number;
}

/** Code that no instrumented function owns, by what it allocated: estimated. */
export interface Unowned {
  bytes: number;
  name: string;
  file: string;
  line: number;
  /** The costliest of its stacks, innermost first. */
  stack: string[];
}

/** A function that makes what is not let go, while the program looked for that: bytes a minute, estimated. */
export interface Suspect {
  name: string;
  file: string;
  line: number;
  growth: number;
  low: number;
  high: number;
  /** Alive of what it has made since it was looked at. */
  bytes: number;
  /** Results that live on; 0 where none are known. */
  survivors: number;
  /** "survivors", "live heap", "external" or "arguments". */
  by: string;
  /** That memory grows and this function makes more than a tenth of that, 0 to 1; null where the recording does not say so. */
  confidence: number | null;
  /** The share of what grows that it accounts for, 0 to 1; null likewise. */
  explains: number | null;
  /** Who is handed what it makes and does not let go of it; null where that is not known. */
  keptBy: { name: string; file: string; line: number } | null;
  /** Of a result that lives on; null where none is known. */
  shape: string | null;
  /** What else is known of it; empty where nothing is. */
  hint: string;
}

/** A call that has a line of its own. */
export interface Call {
  site: number;
  path: number;
  started: number;
  time: number;
  self: number;
  total: number;
  awaited: number;
  external: number;
  /** How many calls it stands for. */
  calls: number;
  failed: boolean;
}

/** One thread of one process. */
export interface Recording {
  header: Header;
  /** Its files, the older first. */
  files: string[];
  sites: Map<number, Site>;
  /** What each call has cost, `total + awaited + external`, of those that have a line of their own; by site. */
  sizes: Map<number, Histogram>;
  /** The costliest of them, in no order. */
  heaviest: Call[];
  /** The last line of sums, and the calls that ended after it, by site. */
  sums: Map<number, Sums>;
  /** By site, what its calls had cost by then, `self + awaited + external`; oldest first, thinned out. */
  trends: Map<number, [at: number, bytes: number][]>;
  paths: Map<number, Path>;
  /** By path. */
  pathSums: Map<number, PathSums>;
  /** The functions of which not every call was measured: their sums are estimated. */
  sampled: Set<number>;
  /** Calls that only sums tell of. */
  lost: number;
  /** Oldest first; of a long recording the older ones are thinned out. */
  memory: Memory[];
  /** The same. */
  collections: Collections[];
  /** The last that was told, the costliest first; its places, as those in `live`, are those of the sources where known. */
  unowned: Unowned[];
  /** The last that were told, the worst first. */
  suspects: { at: number; all: Suspect[] } | undefined;
  /** The last 50, 5, 50, 50 and 50. */
  flights: Flight[];
  live: Live[];
  spikes: Spike[];
  alerts: Alert[];
  notes: { at: number; text: string }[];
  /** How it ended by itself; `undefined`: it was killed, or still runs. */
  end: { at: number; why: string; code: number | null } | undefined;
  /** When the last line was written. */
  last: number;
  /** Lines that could not be read. */
  skipped: number;
}

/** A function by its number; one that the recording does not name has an empty file. */
export function siteOf({ sites }: Pick<Recording, 'sites'>, site: number): Site {
  return sites.get(site) ?? { name: `function ${site}`, file: '', line: 0, kind: 0, awaits: [], params: [] };
}

/** All bytes that a function or a call cost, on the heap and outside. */
export function costOf({ total, awaited, external }: Pick<Sums, 'total' | 'awaited' | 'external'>): number {
  return total + awaited + external;
}
