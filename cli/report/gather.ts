// What goes into a report's page? Makes of a profile the sums that the page shows. Serves `memprof report`. Must never hand on
// a text that is not `safe`, a figure that is none, or a single call's line where there may be a million.

import type { InFlight } from '../../contract/recording';
import { culpritOf, lastFlight, pressureOf } from '../../profile/culprit';
import type { FunctionProfile, Profile, Track } from '../../profile/profile';
import { costOf, type Recording, siteOf } from '../../profile/recording';
import { safe, shownGiven, shownShapes } from '../../profile/shown';
import {
  byWeight,
  culpritLines,
  gapsOf,
  isNear,
  sentence,
  stateOf,
  trendSentence,
} from '../../profile/story';
import type { FlightCall, FunctionData, LastMoments, PageData, SpikeData, Story } from './data';
import { framesOf } from './frames';
import { leaksOf } from './leaks';
import { figure, LONGEST_FILE, Places } from './places';
import { trackOf } from './track';

const FUNCTIONS = 10_000;
const SPIKES = 200;
const UNOWNED = 200;
const IN_FLIGHT = 50;
const STACKS = 20;
const FRAMES = 20;
const LAST = 50;

export function gather(profile: Profile, version: string): PageData {
  const places = new Places();
  const { recordings } = profile;
  return {
    version,
    start: figure(profile.start),
    length: figure(profile.end - profile.start),
    processes: processesOf(recordings),
    story: storyOf(recordings),
    tracks: profile.tracks.map((track) => trackOf(track, profile.tracks.length, spikesOf(track, places))),
    functions: profile.functions.slice(0, FUNCTIONS).map((one) => functionOf(one, places)),
    omitted: Math.max(0, profile.functions.length - FUNCTIONS),
    frames: framesOf(profile, places),
    hasPaths: profile.paths.length > 0,
    spikes: [...profile.spikes]
      .sort((a, b) => costOf(b) - costOf(a))
      .slice(0, SPIKES)
      .map((spike) => ({
        at: figure(spike.at),
        place: places.of(spike.function),
        total: figure(spike.total),
        awaited: figure(spike.awaited),
        external: figure(spike.external),
        ...shapesOf(spike),
      })),
    heaviest: profile.heaviest.map((call) => ({
      at: figure(call.at),
      place: places.of(call.function),
      time: figure(call.time),
      self: figure(call.self),
      total: figure(call.total),
      awaited: figure(call.awaited),
      external: figure(call.external),
      calls: figure(call.calls),
      failed: call.failed,
    })),
    owned: figure(profile.owned),
    unowned: figure(profile.unowned),
    unownedBy: profile.unownedBy.slice(0, UNOWNED).map((one) => ({
      place: places.of(one),
      bytes: figure(one.bytes),
      stack: one.stack.slice(0, FRAMES).map((frame) => safe(frame, LONGEST_FILE)),
    })),
    leaks: leaksOf(byWeight(recordings).slice(0, LAST), places),
    last: byWeight(recordings)
      .slice(0, LAST)
      .map((recording) => lastOf(recording, places)),
    places: places.all,
  };
}

// A thread starts later than its process; a number may be another process's later.
function processesOf(recordings: Recording[]): number {
  const mains = recordings.filter(({ header }) => header.thread === 0);
  const pids = new Set(mains.map(({ header }) => header.pid));
  const others = recordings.filter(({ header }) => !pids.has(header.pid)).map(({ header }) => header.pid);
  return mains.length + new Set(others).size;
}

function storyOf(recordings: Recording[]): Story {
  const [first, ...others] = byWeight(recordings);
  const culprit = culpritOf(first);
  return {
    sentence: sentence(first, undefined),
    culprit: culprit
      ? culpritLines(culprit, isNear(first, pressureOf(first)))
          .map((line) => line.trim())
          .filter(Boolean)
      : [],
    trend: trendSentence(first) ?? null,
    others: others.slice(0, LAST).map((one) => sentence(one, undefined)),
  };
}

function spikesOf({ recording, shift }: Track, places: Places): [number, number, number][] {
  return recording.spikes.map((spike) => [
    figure(spike.at + shift),
    places.of(siteOf(recording, spike.site)),
    figure(costOf(spike)),
  ]);
}

function functionOf(one: FunctionProfile, places: Places): FunctionData {
  const highest = Math.max(...one.trend);
  return {
    place: places.of(one),
    calls: Math.round(figure(one.calls)),
    errors: Math.round(figure(one.errors)),
    self: figure(one.self),
    total: figure(one.total),
    awaited: figure(one.awaited),
    external: figure(one.external),
    max: figure(one.max),
    p50: one.sizes.count > 0 ? Math.round(one.sizes.quantile(0.5)) : null,
    p99: one.sizes.count > 0 ? Math.round(one.sizes.quantile(0.99)) : null,
    time: Math.round(figure(one.time)),
    sampled: one.sampled,
    trend: highest > 0 ? one.trend.map((part) => Math.round((100 * figure(part)) / highest)) : [],
  };
}

function shapesOf(spike: Profile['spikes'][number]): Pick<SpikeData, 'given' | 'awaitedValues' | 'returned'> {
  return {
    given: shownShapes(spike.arguments),
    awaitedValues: spike.awaitedValues.map(([line, shape, bytes]) => [line, safe(shape), figure(bytes)]),
    returned: spike.returned === null ? null : safe(spike.returned),
  };
}

function lastOf(recording: Recording, places: Places): LastMoments {
  const { header, live, notes } = recording;
  const flight = lastFlight(recording);
  const profile = live.at(-1);
  const told: LastMoments['notes'] = notes.map(({ at, text }) => [at, safe(text, 1000)]);
  return {
    label: `pid ${header.pid}${header.thread > 0 ? `, thread ${header.thread}` : ''}`,
    sentence: sentence(recording, undefined),
    flight: flight
      ? {
          at: flight.at,
          why: safe(flight.why),
          count: flight.calls.length + flight.more,
          calls: flight.calls
            .slice(0, IN_FLIGHT)
            .map((call) => flightCallOf(recording, call, flight.at, places)),
        }
      : null,
    live: profile
      ? {
          at: profile.at,
          share: profile.share,
          by: safe(profile.by),
          stacks: [...profile.stacks]
            .sort((a, b) => b.bytes - a.bytes)
            .slice(0, STACKS)
            .map(({ bytes, frames }) => ({
              bytes: figure(bytes),
              frames: frames.slice(0, FRAMES).map(([name, file, line]) => places.of({ name, file, line })),
            })),
        }
      : null,
    notes: [...told, ...gapsOf(recording).map((gap): [null, string] => [null, gap])],
  };
}

function flightCallOf(recording: Recording, call: InFlight, at: number, places: Places): FlightCall {
  const site = siteOf(recording, call.site);
  return {
    place: places.of(site),
    state: stateOf(call, site, at),
    self: figure(call.self),
    children: figure(call.children),
    awaited: figure(call.awaited),
    external: figure(call.external),
    given: shownGiven(call.given, site.params),
  };
}
