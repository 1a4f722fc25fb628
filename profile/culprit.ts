// Which function had the memory? Weighs what a recording says last: calls in flight, the profile of what was alive, the
// sums. Serves `explain`. Each answer comes with the reason for it, in a line.

import path from 'node:path';
import { cost, type Frame, type InFlight, State } from '../contract/recording';
import { type Flight, type Live, type Memory, type Recording, type Site, siteOf } from './recording';
import { formatTime, percent } from './shown';

/** How near a process was to its limits when its recording ends; bytes. */
export interface Pressure {
  heap: number;
  external: number;
  rss: number;
  /** Of all processes under the same limit, this one among them. */
  group: number;
  /** Shares of the limits; 0 where there is none, or nothing was read. */
  heapShare: number;
  rssShare: number;
  /** The nearer limit. */
  by: 'heap' | 'rss';
  limit: number;
  /** Most of it lies outside the heap. */
  buffers: boolean;
}

/** The function that had the memory; `file` is empty where the recording does not say it. */
export interface Culprit {
  name: string;
  file: string;
  line: number;
  bytes: number;
  /** Whether the bytes are estimated: sampled, or claimed for what was awaited. */
  estimated: boolean;
  why: string;
}

type Chosen = Pick<Culprit, 'bytes' | 'estimated' | 'why'> & { site: number };

// What is this share of the limit is no small matter.
const MUCH = 0.1;
// A profile that was taken before half of the limit was used tells of other things.
const LATE = 0.5;
// A line of memory comes once a second: calls in flight that are older have ended untold.
const FRESH = 1500;
const POLLS = 20;
const LONG = 200;
const SYNC = 0;

export function pressureOf({ header, memory }: Recording): Pressure {
  const { heapUsed: heap = 0, external = 0, rss = 0, group = 0 } = memory.at(-1) ?? {};
  const { heapLimit, rssLimit } = header;
  const heapShare = heapLimit > 0 ? heap / heapLimit : 0;
  const rssShare = rssLimit ? Math.max(rss, group) / rssLimit : 0;
  const by = rssLimit && rssShare > heapShare ? 'rss' : 'heap';
  return {
    heap,
    external,
    rss,
    group,
    heapShare,
    rssShare,
    by,
    limit: by === 'rss' && rssLimit ? rssLimit : heapLimit,
    buffers: external > heap && external > rss / 4,
  };
}

// From here on a limit is near: what dies is seldom seen at 100 %.
export const NEAR = 0.7;

/** Whether it had used up nearly all that it may when its recording ends. */
export function isNearLimit(recording: Recording): boolean {
  const { heapShare, rssShare } = pressureOf(recording);
  return Math.max(heapShare, rssShare) >= NEAR;
}

/** The calls in flight when the recording ends; `undefined` where none are known, or the program went on after them. */
export function lastFlight({ flights, memory, end }: Recording): Flight | undefined {
  const flight = flights.at(-1);
  if (flight === undefined || end?.why === 'exit') return undefined;
  return (memory.at(-1)?.at ?? 0) - flight.at < FRESH ? flight : undefined;
}

/** `undefined` where the recording tells of no call at all. */
export function culpritOf(recording: Recording): Culprit | undefined {
  const pressure = pressureOf(recording);
  const flight = lastFlight(recording);
  const live = recording.live.findLast(({ share }) => share >= LATE);
  const alive = live && aliveIn(recording, live);
  const known = alive && 'site' in alive ? alive : undefined;
  const chosen =
    (flight && inFlight(recording, pressure, flight, known !== undefined)) ??
    // Before the profile: that of the heap knows nothing of what lies outside.
    (pressure.buffers ? outside(recording, pressure, flight) : undefined) ??
    known ??
    (flight && unpaused(recording, flight)) ??
    alive ??
    most(recording, flight) ??
    (flight && any(flight));
  if (chosen === undefined || !('site' in chosen)) return chosen;
  const { name, file, line } = siteOf(recording, chosen.site);
  return { ...chosen, name, file, line };
}

/** A call in flight with a large part of the limit. */
function inFlight(
  recording: Recording,
  pressure: Pressure,
  flight: Flight,
  isKnown: boolean,
): Chosen | undefined {
  // Without a limit nothing is known to be much.
  const much = (pressure.limit || Number.POSITIVE_INFINITY) * MUCH;
  // What was allocated in hours by a loop that never ends was let go again: where a profile knows better, it is asked.
  const held = 2 * Math.max(pressure.heap, pressure.rss);
  const counts = (one: InFlight) => cost(one) >= much && !(isKnown && cost(one) > held);
  const [first] = flight.calls;
  const runs = first?.state === State.Runs ? first : undefined;
  if (runs && counts(runs)) return chosenOf(runs, `it ran when the recording ends, and had allocated that`);
  if (runs) {
    const since = ranSince(recording, flight, runs);
    const rise = since === undefined ? 0 : riseSince(recording.memory, since);
    if (since !== undefined && rise >= much && rise > cost(runs))
      return {
        site: runs.site,
        bytes: rise,
        estimated: true,
        why: `it ran when the recording ends, for ${formatTime(flight.at - since)} without a pause, and the process grew by that since`,
      };
  }
  const largest = flight.calls.filter(counts).sort((a, b) => cost(b) - cost(a))[0];
  if (!largest) return undefined;
  const state =
    largest.state === State.Waits
      ? 'it waited when the recording ends'
      : 'it was not over when the recording ends';
  return chosenOf(largest, `${state}, and had the most of the calls in flight`);
}

function chosenOf(call: InFlight, why: string): Chosen {
  return { site: call.site, bytes: cost(call), estimated: call.awaited > 0, why };
}

/** Since when a call has run without a pause. One that can wait has for certain since it was called long. */
function ranSince(recording: Recording, flight: Flight, call: InFlight): number | undefined {
  const same = (one?: InFlight) =>
    one?.state === State.Runs && one.site === call.site && one.started === call.started;
  if (siteOf(recording, call.site).kind === SYNC) return call.started;
  const { flights } = recording;
  for (let n = flights.indexOf(flight); n >= 0 && same(flights[n].calls[0]); n--)
    if (flights[n].why === 'long') return flights[n].at - POLLS;
  return undefined;
}

/** By how many bytes heap or RSS grew since then, until the recording ends. */
function riseSince(memory: Memory[], since: number): number {
  const last = memory.at(-1);
  if (!last) return 0;
  const after = memory.findIndex(({ at }) => at > since);
  if (after < 0) return 0;
  const b = memory[after];
  const a = memory[after - 1] ?? b;
  // Between two lines it grew evenly, for all that is known.
  const part = b.at > a.at ? (since - a.at) / (b.at - a.at) : 0;
  const grew = (what: 'heapUsed' | 'rss') => last[what] - (a[what] + part * (b[what] - a[what]));
  return Math.max(grew('heapUsed'), grew('rss'));
}

/** A call that has run for long, and that nothing in flight exceeds. */
function unpaused(recording: Recording, flight: Flight): Chosen | undefined {
  const [first, ...others] = flight.calls;
  if (first?.state !== State.Runs || others.some((one) => cost(one) > cost(first))) return undefined;
  const since = ranSince(recording, flight, first) ?? flight.at;
  // A collection near the limit makes any call a long one for a while.
  if (flight.why !== 'long' && flight.at - since < LONG) return undefined;
  return chosenOf(first, 'it ran without a pause when the recording ends');
}

/** Bytes by function: what the sums say, and what calls in flight have so far. */
function totals(
  { sums }: Recording,
  flight: Flight | undefined,
  of: (one: { self: number; awaited: number; external: number }) => number,
) {
  const bytes = new Map<number, number>();
  const add = (site: number, more: number) => bytes.set(site, (bytes.get(site) ?? 0) + more);
  for (const [site, one] of sums) add(site, of(one));
  for (const one of flight?.calls ?? []) add(one.site, of(one));
  return [...bytes].sort(([, a], [, b]) => b - a);
}

function outside(recording: Recording, pressure: Pressure, flight: Flight | undefined): Chosen | undefined {
  const [first] = totals(recording, flight, ({ external }) => external);
  if (!first || first[1] < pressure.limit * MUCH) return undefined;
  const why = 'most of the memory lies outside the heap, and it has allocated the most there';
  return { site: first[0], bytes: first[1], estimated: false, why };
}

function most(recording: Recording, flight: Flight | undefined): Chosen | undefined {
  const [first] = totals(recording, flight, ({ self, awaited, external }) => self + awaited + external);
  if (!first || first[1] <= 0) return undefined;
  const awaited = (recording.sums.get(first[0])?.awaited ?? 0) > 0;
  const why = 'it has allocated the most of all functions; nothing says what of it was alive';
  return { site: first[0], bytes: first[1], estimated: awaited, why };
}

function any({ calls: [first] }: Flight): Chosen | undefined {
  return first && chosenOf(first, 'it was in flight when the recording ends; nothing else is known');
}

/** The function that made most of what was alive: the innermost on each stack that is one of the recording's. */
function aliveIn(recording: Recording, live: Live): Chosen | Culprit | undefined {
  const find = finderOf(recording.sites);
  const known = new Map<number, number>();
  const others = new Map<string, { frame: Frame; bytes: number }>();
  for (const { bytes, frames } of live.stacks) {
    const site = frames.map(find).find((one) => one !== undefined);
    if (site !== undefined) {
      known.set(site, (known.get(site) ?? 0) + bytes);
      continue;
    }
    const frame = frames.find(isProgram);
    if (!frame) continue;
    const key = JSON.stringify(frame);
    others.set(key, { frame, bytes: (others.get(key)?.bytes ?? 0) + bytes });
  }
  const at = `at ${percent(live.share)} of the limit`;
  const [first] = [...known].sort(([, a], [, b]) => b - a);
  const [other] = [...others.values()].sort((a, b) => b.bytes - a.bytes);
  if (first && first[1] * 10 >= (other?.bytes ?? 0)) {
    const why = `most of what was alive on the heap ${at} was made in its calls`;
    return { site: first[0], bytes: first[1], estimated: true, why };
  }
  if (!other) return undefined;
  const [name, file, line] = other.frame;
  const why = `most of what was alive on the heap ${at} was made there; it is not instrumented`;
  return { name, file, line, bytes: other.bytes, estimated: true, why };
}

function isProgram([, file]: Frame): boolean {
  return file !== '' && !file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(file);
}

/** Finds the site of a frame: V8 knows a method without its class, and the file that runs, not its source. */
function finderOf(sites: ReadonlyMap<number, Site>): (frame: Frame) => number | undefined {
  const byName = new Map<string, [number, Site][]>();
  const files = new Set<string>();
  for (const [site, one] of sites) {
    const name = lastOf(one.name);
    const same = byName.get(name);
    if (same) same.push([site, one]);
    else byName.set(name, [[site, one]]);
    files.add(baseOf(one.file));
  }
  return ([name, file, line]) => {
    const base = baseOf(file);
    const same = byName.get(lastOf(name)) ?? [];
    const there = files.has(base)
      ? same.filter(([, one]) => baseOf(one.file) === base)
      : isProgram([name, file, line])
        ? same
        : [];
    // Of two with one name, the nearer: lines move less than functions are apart.
    const distance = ([, one]: [number, Site]) => Math.abs(one.line - line);
    return [...there].sort((a, b) => distance(a) - distance(b))[0]?.[0];
  };
}

function lastOf(name: string): string {
  return name
    .replace(/^(?:(?:get|set|static|async) )+/, '')
    .split('.')
    .at(-1) as string;
}

function baseOf(file: string): string {
  return path.posix
    .basename(file.replace(/[?#].*$/, '').replace(/\\/g, '/'))
    .replace(/\.(?:[cm]?[jt]sx?)$/, '');
}
