// Which functions does what stays in memory come from? Draws it from the trend, from what is alive by function, from results that
// live on, and from who makes Buffers. Serves `stats()`, the log, the recorder and alerts. A program that does not grow has no suspects.

import { slopeOf } from '../../contract/slope';
import type { Trend } from '../../contract/trend';
import type { Site } from '../sites';
import { type Maker, makerOf } from './alive';
import type { Rate } from './rates';
import type { Survivors } from './survivors';
import type { Kept } from './window';

/** A function that makes what is not let go; bytes, `growth`, `low` and `high` bytes a minute, all estimated. */
export interface Suspect {
  name: string;
  file: string;
  line: number;
  /** From 0, where `file` is the one that runs; -1 where it is the source. */
  column: number;
  /** Results of its calls that outlive collections; 0 where none of them are known. */
  survivors: number;
  /** Alive of what it made since it is looked at. */
  bytes: number;
  growth: number;
  /** Within which `growth` lies, with 95 % confidence. */
  low: number;
  high: number;
  /** What it is known by: results that live on, V8's profile of what is alive, or Buffers that it makes. */
  by: 'survivors' | 'live heap' | 'external';
  /** Of a result that lives on, without its values; null where none is known. */
  shape: string | null;
  /** What else is known of it, in words; empty where nothing is. */
  hint: string;
}

/** What is known at this moment; a trend is of bytes a ms, `undefined` before it can be told. */
export interface Leaks {
  trend: Trend | undefined;
  /** Of memory outside the heap. */
  external: Trend | undefined;
  /** The worst first. */
  suspects: Suspect[];
}

/** What the suspects are drawn from. */
export interface Known {
  trend: Trend | undefined;
  external: Trend | undefined;
  kept: Kept[];
  survivors: Survivors[];
  rates: Rate[];
  /** Bytes a ms that no function owns. */
  unowned: number;
  /** Whether V8 may compile a function into another, or, null, into one that is not instrumented. */
  isWithin(site: Site, above: Site | null): boolean;
}

const MINUTE = 60_000;
const MOST = 5;
// Of what grows, a suspect makes at least so much; and so many samples say so.
const SHARE = 0.1;
const LEAST_COUNT = 8;
const LEAST_READINGS = 3;
// In the second half of the time it grows by so much of its slope at least.
// Results that live on are told where V8's profile leaves so much unexplained.
const UNEXPLAINED = 1 / 2;
const STILL = 1 / 2;
const DEVIATIONS = 1.96;
// Who makes less Buffers than this share of what stays cannot keep it all.
const ENOUGH = 0.5;
// V8's samples are this far off, at most, for a function that makes all of it.
const NOT_ITS_OWN = 0.6;
// Of what is made, within a factor of two.
const AS_LIKELY = Math.LN2;
// Survival of what was alive in the middle of the time.
const ALL = 0.8;
const FEW = 0.3;
const NAMELESS = '(anonymous)';

export function suspectsOf(known: Known): Suspect[] {
  const found: Suspect[] = [];
  const { trend, external } = known;
  if (trend?.grows) {
    for (const one of byFunction(known)) {
      const suspect = fromMade(one, trend);
      if (suspect) found.push(suspect);
    }
    const explained =
      found.reduce((sum, { column, growth }) => (column < 0 ? sum + growth : sum), 0) / MINUTE;
    for (const one of known.survivors) fromSurvivors(found, one, trend, explained);
  }
  if (external?.grows) fromOutside(found, known, external);
  return found.sort((a, b) => b.growth - a.growth).slice(0, MOST);
}

/** What one function made, wherever V8 has shown it. */
interface Made {
  maker: Maker;
  series: Kept['series'];
  count: number;
  bytes: number;
  /** Of what there was in the middle of the time: alive yet. */
  survived: number;
  hints: (string | false | undefined)[];
}

// A function is seen by itself at first, and later, compiled, as its caller's: it is one.
function byFunction(known: Known): Made[] {
  const found = new Map<string, Made>();
  for (const { maker, alive, series, survived } of known.kept) {
    const last = series[series.length - 1];
    const slope = last.bytes / Math.max(1, last.at - series[0].at);
    const [inlined, ...others] = inlinedIn(maker.site ?? null, slope, known);
    const by = inlined ? makerOf(inlined) : maker;
    const hints = inlined
      ? [
          `V8 has it compiled into ${maker.name}, which makes less by itself`,
          others.length > 0 && `as likely ${others.map(({ name }) => name).join(' or ')}`,
        ]
      : [
          alive.within && alive.within !== NAMELESS && `made in ${alive.within}`,
          alive.caller && `called by ${alive.caller}`,
        ];
    const one = found.get(by.key);
    if (one === undefined) {
      found.set(by.key, { maker: by, series, count: alive.count, bytes: alive.bytes, survived, hints });
      continue;
    }
    if (alive.bytes > one.bytes) one.hints = hints;
    one.series = one.series.map(({ at, bytes }, n) => ({ at, bytes: bytes + series[n].bytes }));
    one.survived = (one.survived * one.bytes + survived * alive.bytes) / (one.bytes + alive.bytes);
    one.count += alive.count;
    one.bytes += alive.bytes;
  }
  return [...found.values()];
}

function fromMade({ maker, series, count, bytes, survived, hints }: Made, trend: Trend): Suspect | undefined {
  if (count < LEAST_COUNT || series.length <= LEAST_READINGS) return undefined;
  const { slope } = slopeOf(
    series.map(({ bytes }) => bytes),
    (n) => series[n].at,
    DEVIATIONS,
  );
  if (slope < SHARE * trend.slope || !goesOn(series, slope)) return undefined;
  const error = DEVIATIONS / Math.sqrt(count);
  return {
    ...placeOf(maker),
    survivors: 0,
    bytes,
    growth: slope * MINUTE,
    low: Math.max(0, slope * (1 - error)) * MINUTE,
    high: slope * (1 + error) * MINUTE,
    by: 'live heap',
    shape: null,
    hint: hintOf(
      ...hints,
      survived >= ALL && 'next to nothing of it is let go',
      survived > 0 && survived < FEW && 'the oldest of it is let go, more comes than goes',
    ),
  };
}

// A function that the compiler puts into its caller is on no stack, and V8 shows its bytes as the caller's. The account knows better:
// who has made less than that by itself is not who made it, but one whom it calls, and that makes about as much.
function inlinedIn(site: Site | null, slope: number, { rates, kept, unowned, isWithin }: Known): Site[] {
  const own = site === null ? unowned : rates.find((one) => one.site === site)?.self;
  if (own === undefined || own >= NOT_ITS_OWN * slope) return [];
  // Before it was compiled so, or where another calls it, it is seen by itself.
  const isSeen = (one: Site) => Number(kept.some(({ maker }) => maker.site === one));
  const off = ({ self }: Rate) => Math.abs(Math.log(self / slope));
  return rates
    .filter((one) => one.site !== site && one.self >= ENOUGH * slope && isWithin(one.site, site))
    .sort((a, b) => isSeen(b.site) - isSeen(a.site) || off(a) - off(b))
    .filter((one, n, [first]) => n === 0 || off(one) < off(first) + AS_LIKELY)
    .map((one) => one.site);
}

function goesOn(series: Kept['series'], slope: number): boolean {
  const last = series[series.length - 1];
  const half = (series[0].at + last.at) / 2;
  const middle = series.findLast(({ at }) => at <= half) ?? series[0];
  return last.bytes - middle.bytes >= STILL * slope * (last.at - middle.at);
}

function fromSurvivors(found: Suspect[], one: Survivors, trend: Trend, explained: number): void {
  const { maker, survivors, shape } = one;
  const known = found.find((other) => isSame(other, maker));
  if (known) {
    known.survivors = survivors;
    known.shape = shape;
    return;
  }
  // Results may share what they refer to: no more than nothing else explains.
  const growth = Math.min(one.growth, trend.slope - explained);
  if (one.outside || growth < UNEXPLAINED * trend.slope) return;
  const share = growth / one.growth;
  found.push({
    ...placeOf(maker),
    survivors,
    bytes: one.bytes,
    growth: growth * MINUTE,
    low: share * one.low * MINUTE,
    high: share * one.high * MINUTE,
    by: 'survivors',
    shape,
    hint: hintOf('its results are not let go'),
  });
}

// What is outside has no stacks: results that live on say most; else who makes about as much as stays.
function fromOutside(found: Suspect[], { survivors, rates }: Known, { slope, low, high }: Trend): void {
  const kept = survivors.filter((one) => one.outside && one.growth >= SHARE * slope);
  for (const one of kept) {
    found.push({
      ...placeOf(one.maker),
      survivors: one.survivors,
      bytes: one.bytes,
      growth: one.growth * MINUTE,
      low: one.low * MINUTE,
      high: one.high * MINUTE,
      by: 'external',
      shape: one.shape,
      hint: hintOf('outside the heap: Buffers that it returns are not let go'),
    });
  }
  if (kept.length > 0) return;
  const off = ({ outside }: Rate) => Math.abs(Math.log(outside / slope));
  const [nearest] = rates.filter(({ outside }) => outside >= ENOUGH * slope).sort((a, b) => off(a) - off(b));
  if (nearest === undefined) return;
  found.push({
    ...placeOf(makerOf(nearest.site)),
    survivors: 0,
    bytes: Math.min(nearest.bytes, slope * MINUTE),
    growth: slope * MINUTE,
    low: Math.max(0, low) * MINUTE,
    high: high * MINUTE,
    by: 'external',
    shape: null,
    hint: hintOf('outside the heap: of those that make Buffers it makes about as much as stays'),
  });
}

/** Whether two are about the same function. */
export function isSame(
  one: Pick<Maker, 'name' | 'file' | 'line'>,
  { name, file, line }: Pick<Maker, 'name' | 'file' | 'line'>,
): boolean {
  return one.name === name && one.file === file && one.line === line;
}

function placeOf({ name, file, line, column }: Maker) {
  return { name, file, line, column };
}

function hintOf(...parts: (string | false | undefined | '')[]): string {
  return parts.filter(Boolean).join('; ');
}
