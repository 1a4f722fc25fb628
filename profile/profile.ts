// What do several recordings say together? The threads and processes of a run as one: functions by their place, paths by the
// functions on them. Serves the report, the difference of two runs and the exporters. Its sums must not depend on the order
// in which recordings come.

import { Histogram } from './histogram';
import {
  type Call,
  type Collections,
  costOf,
  type Memory,
  type PathSums,
  type Recording,
  type Spike,
  siteOf,
  type Unowned,
} from './recording';

/** A function of the program; sums over its ended calls, bytes and ms. `total + awaited` is what it cost on the heap. */
export interface FunctionProfile {
  name: string;
  file: string;
  line: number;
  /** 0 sync, 1 async, 2 generator, 3 async generator. */
  kind: number;
  calls: number;
  errors: number;
  /** What its own calls owned; `total` adds that of the calls made from them. */
  self: number;
  total: number;
  /** Claimed by its calls and their children: estimated. */
  awaited: number;
  external: number;
  max: number;
  time: number;
  /** Not every call was measured: all sums are estimated. */
  sampled: boolean;
  /** What a call costs, `total + awaited + external`, of those that have a line of their own. */
  sizes: Histogram;
  /** Bytes allocated, `self + awaited + external`, in each of `TREND` equal parts of the time from `start` to `end`. */
  trend: number[];
}

/** A function below those that called it; sums without what it called. */
export interface PathProfile extends PathSums {
  function: FunctionProfile;
  children: PathProfile[];
}

/** What was seen of one thread, with its times in ms since the profile's `start`. */
export interface Track {
  recording: Recording;
  /** What has to be added to the recording's own times. */
  shift: number;
  memory: Memory[];
  collections: Collections[];
}

export interface Profile {
  /** By start, process and thread. */
  recordings: Recording[];
  tracks: Track[];
  /** ms since 1970. */
  start: number;
  end: number;
  /** The costliest first, by `total + awaited + external`. */
  functions: FunctionProfile[];
  /** Those that nobody called, the costliest first. */
  paths: PathProfile[];
  /** What instrumented functions owned, what nobody did, by the last that each recording says. */
  owned: number;
  unowned: number;
  /** Code that nobody owns, the costliest first. */
  unownedBy: Unowned[];
  /** The costliest calls and the spikes, with the function that each is of; `at` in ms since `start`. */
  heaviest: (Call & { function: FunctionProfile; at: number })[];
  spikes: (Spike & { function: FunctionProfile })[];
}

export const TREND = 32;
const HEAVIEST = 100;

/** @param recordings as `readRecordings` gives them, in any order */
export function profileOf(recordings: Recording[]): Profile {
  const order = [...recordings].sort(
    ({ header: a }, { header: b }) => a.start - b.start || a.pid - b.pid || a.thread - b.thread,
  );
  const start = order[0]?.header.start ?? 0;
  const end = order.reduce((last, { header, last: at }) => Math.max(last, header.start + at), start);
  const functions = new Functions(end - start);
  const roots = new Map<FunctionProfile, PathProfile>();
  const profile: Profile = {
    recordings: order,
    tracks: [],
    start,
    end,
    functions: [],
    paths: [],
    owned: 0,
    unowned: 0,
    unownedBy: [],
    heaviest: [],
    spikes: [],
  };
  const unowned = new Map<string, Unowned>();
  for (const recording of order) {
    const shift = recording.header.start - start;
    const moved = <T extends { at: number }>(one: T): T => ({ ...one, at: one.at + shift });
    const memory = recording.memory.map(moved);
    profile.tracks.push({ recording, shift, memory, collections: recording.collections.map(moved) });
    profile.owned += memory.at(-1)?.owned ?? 0;
    profile.unowned += memory.at(-1)?.unowned ?? 0;
    const of = (site: number) => functions.of(recording, site);
    for (const site of recording.sites.keys()) functions.add(recording, site, shift);
    for (const site of recording.sums.keys())
      if (!recording.sites.has(site)) functions.add(recording, site, shift);
    grow(roots, recording, of);
    for (const one of recording.unowned) addUnowned(unowned, one);
    for (const one of recording.spikes) profile.spikes.push({ ...moved(one), function: of(one.site) });
    for (const one of recording.heaviest)
      profile.heaviest.push({ ...one, at: one.started + shift, function: of(one.site) });
  }
  profile.functions = functions.all().sort((a, b) => costOf(b) - costOf(a));
  profile.paths = sorted([...roots.values()]);
  profile.unownedBy = [...unowned.values()].sort((a, b) => b.bytes - a.bytes);
  profile.heaviest.sort((a, b) => costOf(b) - costOf(a)).splice(HEAVIEST);
  profile.spikes.sort((a, b) => a.at - b.at);
  return profile;
}

class Functions {
  private readonly known = new Map<string, FunctionProfile>();

  constructor(private readonly length: number) {}

  /** Those that were called. */
  all(): FunctionProfile[] {
    return [...this.known.values()].filter(({ calls, sizes }) => calls > 0 || sizes.count > 0);
  }

  of(recording: Recording, number: number): FunctionProfile {
    const { name, file, line, kind } = siteOf(recording, number);
    const key = JSON.stringify([file, line, name]);
    let one = this.known.get(key);
    if (one === undefined) {
      one = {
        name,
        file,
        line,
        kind,
        calls: 0,
        errors: 0,
        self: 0,
        total: 0,
        awaited: 0,
        external: 0,
        max: 0,
        time: 0,
        sampled: false,
        sizes: new Histogram(),
        trend: new Array<number>(TREND).fill(0),
      };
      this.known.set(key, one);
    }
    return one;
  }

  add(recording: Recording, site: number, shift: number): void {
    const one = this.of(recording, site);
    const sums = recording.sums.get(site);
    if (sums !== undefined) {
      for (const key of ['calls', 'errors', 'self', 'total', 'awaited', 'external', 'time'] as const)
        one[key] += sums[key];
      one.max = Math.max(one.max, sums.max);
    }
    if (recording.sampled.has(site)) one.sampled = true;
    const sizes = recording.sizes.get(site);
    if (sizes) one.sizes.addAll(sizes);
    const trend = [...(recording.trends.get(site) ?? [])];
    // What came after the last line of sums.
    if (sums) trend.push([recording.last, sums.self + sums.awaited + sums.external]);
    let from = shift;
    let before = 0;
    for (const [at, bytes] of trend) {
      spread(one.trend, from / this.length, (at + shift) / this.length, bytes - before);
      from = at + shift;
      before = bytes;
    }
  }
}

// Adds bytes to the parts that lie between two shares of the whole, evenly.
function spread(parts: number[], from: number, to: number, bytes: number): void {
  if (bytes === 0) return;
  const within = (at: number) => (Number.isFinite(at) ? Math.min(1, Math.max(0, at)) : 1) * parts.length;
  const [a, b] = [within(from), within(to)];
  if (b - a < 1e-9) {
    parts[Math.min(parts.length - 1, Math.floor(b))] += bytes;
    return;
  }
  for (let n = Math.floor(a); n < Math.min(b, parts.length); n++)
    parts[n] += (bytes * (Math.min(n + 1, b) - Math.max(n, a))) / (b - a);
}

function grow(
  roots: Map<FunctionProfile, PathProfile>,
  recording: Recording,
  of: (site: number) => FunctionProfile,
): void {
  const made = new Map<number, PathProfile>();
  // A path comes after the one that it goes on from.
  for (const [number, path] of [...recording.paths].sort(([a], [b]) => a - b)) {
    const one = childOf(made.get(path.above), roots, of(path.site));
    made.set(number, one);
    const sums = recording.pathSums.get(number);
    if (sums) for (const key of ['calls', 'self', 'awaited', 'external'] as const) one[key] += sums[key];
  }
}

function childOf(
  above: PathProfile | undefined,
  roots: Map<FunctionProfile, PathProfile>,
  one: FunctionProfile,
): PathProfile {
  const known = above ? above.children.find((child) => child.function === one) : roots.get(one);
  if (known) return known;
  const path = { function: one, children: [], calls: 0, self: 0, awaited: 0, external: 0 };
  if (above) above.children.push(path);
  else roots.set(one, path);
  return path;
}

/** What each of these paths and all that it called cost, and each path below them. However deep they are. */
function pathCosts(paths: PathProfile[]): Map<PathProfile, number> {
  const all = [...paths];
  // Whatever is called comes after its caller.
  for (const one of all) for (const child of one.children) all.push(child);
  const costs = new Map<PathProfile, number>();
  for (const one of all.reverse()) {
    let cost = one.self + one.awaited + one.external;
    for (const child of one.children) cost += costs.get(child) as number;
    costs.set(one, cost);
  }
  return costs;
}

function sorted(paths: PathProfile[]): PathProfile[] {
  const costs = pathCosts(paths);
  const byCost = (a: PathProfile, b: PathProfile) => (costs.get(b) as number) - (costs.get(a) as number);
  for (const one of costs.keys()) one.children.sort(byCost);
  return paths.sort(byCost);
}

function addUnowned(known: Map<string, Unowned>, one: Unowned): void {
  const key = JSON.stringify([one.file, one.line, one.name]);
  const sum = known.get(key);
  if (sum) sum.bytes += one.bytes;
  else known.set(key, { ...one });
}
