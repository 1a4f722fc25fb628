// What does a call of each function cost in one version, and in the other? Compares the runs of two sides, function by
// function. Serves `memprof diff` and whoever checks a pull request. Must never show noise as a change (noise.ts), nor read
// an estimate as if it were exact.

import { Histogram } from './histogram';
import { judged } from './noise';
import type { FunctionProfile, Profile } from './profile';
import { costOf } from './recording';

/** A function in the runs of one side; bytes. */
export interface Side {
  line: number;
  /** In a run, on the average of all runs. */
  calls: number;
  /** Of a call: heap and external, with what it called. */
  bytes: number;
  p99: number;
  /** Sampled, or with claims for what was awaited. */
  estimated: boolean;
}

export interface Change {
  name: string;
  file: string;
  /** `undefined`: not called on that side. */
  before: Side | undefined;
  after: Side | undefined;
  /**
   * `changed`: for real; `same`: within the noise, or next to nothing; `unsure`: too few calls to tell; `came`, `went`: the other side has no
   * such function; `called`, `uncalled`: it has, but nobody called it.
   */
  state: 'changed' | 'same' | 'unsure' | 'came' | 'went' | 'called' | 'uncalled';
  /** Bytes of a call, after less before; 0 where one side is missing. */
  bytes: number;
  /** The same as a share of before; Infinity where that was 0. */
  share: number;
}

/** All calls that came from outside: each function's bytes of a call, weighted by its calls before. */
export interface Whole {
  before: number;
  after: number;
  share: number;
  estimated: boolean;
  /** One of the functions in it changed for real. */
  changed: boolean;
}

export interface Difference {
  /** Runs of each side. */
  runs: [before: number, after: number];
  /** What changed most in all its calls first, then what came and went, then the rest. */
  changes: Change[];
  /** `undefined` where no function was called on both sides. */
  whole: Whole | undefined;
  /** Versions of Node, where they are not the same on both sides. */
  nodes: [before: string[], after: string[]] | undefined;
}

/** How much more a call may cost. */
export interface Limit {
  share?: number;
  bytes?: number;
}

/** How often a comparison may say that something changed where nothing has, of however many functions. */
export const FALSE_ALARMS = 0.01;
// What is less is nobody's concern, however sure it is: as a share of what a call cost before, and in all calls of a run, of
// what the costliest function did. A function of a few bytes differs with when V8 compiles it.
const SMALLEST = 0.01;
const SMALLEST_OF_ALL = 0.001;

interface Both {
  before: Known | undefined;
  after: Known | undefined;
}

interface Known {
  name: string;
  file: string;
  line: number;
  /** Of the runs in which it was called. */
  profiles: FunctionProfile[];
  sizes: Histogram;
  /** Calls that nobody instrumented made. */
  outer: number;
}

/** @param before, after a profile for each run of a side; at least one */
export function differenceOf(before: Profile[], after: Profile[]): Difference {
  const pairs = pairsOf(functionsOf(before), functionsOf(after));
  const compared = pairs.filter((one) => isCalled(one.before) && isCalled(one.after)).length;
  // Of a hundred functions each must be a hundred times as sure.
  const chance = FALSE_ALARMS / Math.max(1, compared);
  const runs: [number, number] = [before.length, after.length];
  const all = pairs
    .filter((one) => isCalled(one.before) || isCalled(one.after))
    .map((both) => ({ both, change: changeOf(both, runs, chance) }));
  const least = SMALLEST_OF_ALL * Math.max(...all.map(({ change }) => costliest(change)));
  for (const { change } of all)
    if (change.state === 'changed' && weight(change) < least) change.state = 'same';
  const changes = all.map(({ change }) => change).sort((a, b) => rank(a) - rank(b) || weight(b) - weight(a));
  const nodes = [before, after].map(nodesOf) as [string[], string[]];
  return {
    runs,
    changes,
    whole: wholeOf(all),
    nodes: nodes[0].join() === nodes[1].join() ? undefined : nodes,
  };
}

/** What passed a limit for real; `whole` where it is the sum of all that did. */
export function failuresOf(
  { changes, whole }: Difference,
  limit: Limit,
): { whole: boolean; failed: Change[] } {
  const passes = (share: number, bytes: number) =>
    (limit.share !== undefined && share > limit.share) || (limit.bytes !== undefined && bytes > limit.bytes);
  return {
    whole: whole?.changed === true && passes(whole.share, whole.after - whole.before),
    failed: changes.filter(({ state, share, bytes }) => state === 'changed' && passes(share, bytes)),
  };
}

function functionsOf(runs: Profile[]): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const run of runs) {
    const keys = keysOf(run);
    const of = ({ name, file, line }: Pick<FunctionProfile, 'name' | 'file' | 'line'>) => {
      const key = keys.get(placeOf(name, file, line)) ?? placeOf(name, file, line);
      let one = known.get(key);
      if (!one) known.set(key, (one = { name, file, line, profiles: [], sizes: new Histogram(), outer: 0 }));
      return one;
    };
    for (const { sites } of run.recordings) for (const site of sites.values()) of(site);
    for (const one of run.functions) {
      const into = of(one);
      into.sizes.addAll(one.sizes);
      if (one.calls > 0) into.profiles.push(one);
    }
    for (const path of run.paths) of(path.function).outer += path.calls;
  }
  return known;
}

/** By the place of a function, what it is known by where lines move: the which of its name in its file it is. */
function keysOf({ recordings }: Profile): Map<string, string> {
  const lines = new Map<string, Set<number>>();
  const sites = recordings.flatMap((one) => [...one.sites.values()]);
  for (const { name, file, line } of sites) {
    const key = JSON.stringify([file, name]);
    const known = lines.get(key);
    if (known) known.add(line);
    else lines.set(key, new Set([line]));
  }
  const keys = new Map<string, string>();
  for (const [key, known] of lines) {
    const [file, name] = JSON.parse(key) as string[];
    [...known]
      .sort((a, b) => a - b)
      .forEach((line, n) => {
        keys.set(placeOf(name, file, line), JSON.stringify([file, name, n]));
      });
  }
  return keys;
}

function placeOf(name: string, file: string, line: number): string {
  return JSON.stringify([name, file, line]);
}

function pairsOf(before: Map<string, Known>, after: Map<string, Known>): Both[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((key) => ({
    before: before.get(key),
    after: after.get(key),
  }));
}

function isCalled(one: Known | undefined): boolean {
  return one !== undefined && one.profiles.length > 0;
}

function changeOf({ before, after }: Both, runs: [number, number], chance: number): Change {
  const { name, file } = (after ?? before) as Known;
  const change: Change = {
    name,
    file,
    before: sideOf(before, runs[0]),
    after: sideOf(after, runs[1]),
    state: 'same',
    bytes: 0,
    share: 0,
  };
  if (!change.before || !change.after || !before || !after) {
    change.state = change.after ? (before ? 'called' : 'came') : after ? 'uncalled' : 'went';
    return change;
  }
  change.bytes = change.after.bytes - change.before.bytes;
  change.share = shareOf(change.bytes, change.before.bytes);
  const verdict = judged(sampleOf(before), sampleOf(after), chance);
  if (verdict === 'unsure') change.state = 'unsure';
  // The sums know of all calls: what only the measured ones say is no change.
  else if (
    verdict === 'real' &&
    Math.abs(change.share) >= SMALLEST &&
    change.bytes > 0 === after.sizes.mean > before.sizes.mean
  )
    change.state = 'changed';
  return change;
}

function sideOf(one: Known | undefined, runs: number): Side | undefined {
  if (!one || one.profiles.length === 0) return undefined;
  const calls = one.profiles.reduce((sum, { calls }) => sum + calls, 0);
  return {
    line: one.line,
    calls: calls / runs,
    bytes: one.profiles.reduce((sum, each) => sum + costOf(each), 0) / calls,
    p99: one.sizes.quantile(0.99),
    estimated: one.profiles.some(({ sampled, awaited }) => sampled || awaited > 0),
  };
}

function sampleOf({ sizes, profiles }: Known) {
  return { sizes, means: profiles.map((one) => costOf(one) / one.calls) };
}

function shareOf(more: number, before: number): number {
  return more === 0 ? 0 : before > 0 ? more / before : Number.POSITIVE_INFINITY;
}

/** Where no paths were recorded, every function counts, and what is called counts with its callers again. */
function wholeOf(all: { both: Both; change: Change }[]): Whole | undefined {
  const both = all.filter(({ change }) => change.before && change.after);
  const outer = both.filter(({ both: { before, after } }) => before?.outer && after?.outer);
  const counted = (outer.length > 0 ? outer : both).map(({ both: { before }, change }) => ({
    weight: outer.length > 0 ? (before?.outer ?? 0) : (change.before?.calls ?? 0),
    before: change.before as Side,
    // What is noise must not add up.
    after: (change.state === 'changed' ? change.after : change.before) as Side,
    isEstimated: change.before?.estimated === true || change.after?.estimated === true,
    isChanged: change.state === 'changed',
  }));
  const calls = counted.reduce((sum, { weight }) => sum + weight, 0);
  if (!(calls > 0)) return undefined;
  const of = (side: 'before' | 'after') =>
    counted.reduce((sum, one) => sum + one.weight * one[side].bytes, 0) / calls;
  const [before, after] = [of('before'), of('after')];
  return {
    before,
    after,
    share: shareOf(after - before, before),
    estimated: counted.some(({ isEstimated }) => isEstimated),
    changed: counted.some(({ isChanged }) => isChanged),
  };
}

const ORDER: Change['state'][][] = [
  ['changed'],
  ['came', 'went', 'called', 'uncalled'],
  ['unsure'],
  ['same'],
];

function rank({ state }: Change): number {
  return ORDER.findIndex((states) => states.includes(state));
}

/** Bytes that all calls of a run made of it. */
function weight({ before, after, bytes }: Change): number {
  const calls = (after ?? before)?.calls ?? 0;
  return calls * (before && after ? Math.abs(bytes) : ((after ?? before)?.bytes ?? 0));
}

function costliest({ before, after }: Change): number {
  return Math.max(...[before, after].map((side) => (side ? side.calls * side.bytes : 0)));
}

function nodesOf(runs: Profile[]): string[] {
  const versions = runs.flatMap(({ recordings }) => recordings.map(({ header }) => header.node));
  return [...new Set(versions)].sort();
}
