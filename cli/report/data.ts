// What a report's page is told: sums, never calls one by one. Serves the command that gathers it and the page that shows it;
// imports nothing, since the page has neither Node nor the recordings. Every text in it was made harmless (`safe`), bytes are
// plain numbers, times ms since the earliest start. Functions and frames are named by their index in `places`.

export interface PageData {
  version: string;
  /** ms since 1970, and ms. */
  start: number;
  length: number;
  processes: number;
  story: Story;
  places: Place[];
  tracks: TrackData[];
  functions: FunctionData[];
  /** Functions that are left out, the cheapest. */
  omitted: number;
  frames: FrameData[];
  /** Whether the recordings say who called whom; else `frames` are functions that stand alone. */
  hasPaths: boolean;
  spikes: SpikeData[];
  heaviest: HeavyCall[];
  owned: number;
  unowned: number;
  unownedBy: UnownedData[];
  leaks: LeakData[];
  last: LastMoments[];
}

export type Place = [name: string, file: string, line: number, kind: number];

export interface Story {
  sentence: string;
  /** Who it was, and why; empty where no call was recorded. */
  culprit: string[];
  /** How fast grows what stays on the heap; null where it does not, or nothing tells. */
  trend: string | null;
  others: string[];
}

/** One thread of one process over time: columns of one length. */
export interface TrackData {
  label: string;
  at: number[];
  /** `null` where they were not read yet. */
  heap: (number | null)[];
  external: (number | null)[];
  rss: number[];
  /** The share of time that collections took since the point before; `null` where nothing tells. */
  collecting: (number | null)[];
  heapLimit: number;
  rssLimit: number | null;
  rssLimitBy: string;
  /** When the whole heap was collected, and how often by then since the mark before. */
  major: [at: number, times: number][];
  spikes: [at: number, place: number, bytes: number][];
}

export interface FunctionData {
  place: number;
  calls: number;
  errors: number;
  self: number;
  total: number;
  awaited: number;
  external: number;
  max: number;
  /** `null` where no call has a line of its own. */
  p50: number | null;
  p99: number | null;
  time: number;
  /** All its sums are estimated. */
  sampled: boolean;
  /** Shares of its own highest part, 0 to 100. */
  trend: number[];
}

/** A frame below the one with the index `above`, which stands before it; `above` -1: nobody called it. */
export type FrameData = [
  above: number,
  /** -1: several small ones as one. */
  place: number,
  /** Or how many small ones. */
  calls: number,
  self: number,
  awaited: number,
  external: number,
  sampled: 0 | 1,
];

export interface SpikeData {
  at: number;
  place: number;
  total: number;
  awaited: number;
  external: number;
  given: string;
  awaitedValues: [line: number, shape: string, bytes: number][];
  returned: string | null;
}

export interface HeavyCall {
  at: number;
  place: number;
  time: number;
  self: number;
  total: number;
  awaited: number;
  external: number;
  calls: number;
  failed: boolean;
}

export interface UnownedData {
  place: number;
  bytes: number;
  stack: string[];
}

/** What one thread has found that is not let go, the worst first. */
export interface LeakData {
  label: string;
  at: number;
  /** What grows, in a sentence; null where its collections do not say so. */
  trend: string | null;
  suspects: {
    place: number;
    /** Bytes a minute. */
    growth: number;
    low: number;
    high: number;
    bytes: number;
    /** 0 to 1; null where the recording does not say so. */
    confidence: number | null;
    explains: number | null;
    keptBy: number | null;
    hint: string;
  }[];
  /** What none of them explains; null where that is less than half. */
  rest: string | null;
}

export interface LastMoments {
  label: string;
  sentence: string;
  flight: { at: number; why: string; count: number; calls: FlightCall[] } | null;
  live: { at: number; share: number; by: string; stacks: { bytes: number; frames: number[] }[] } | null;
  notes: [at: number | null, text: string][];
}

export interface FlightCall {
  place: number;
  /** What it does, for how long. */
  state: string;
  self: number;
  children: number;
  awaited: number;
  external: number;
  given: string;
}
