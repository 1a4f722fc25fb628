// Which functions does what stays in memory come from? Draws it from the trend, from what is alive by function, from results and
// arguments that live on, and from who makes Buffers. Serves `stats()`, the log, the recorder and alerts. A program that does not grow
// has no suspects.

import { slopeOf } from '../../contract/slope';
import type { Trend } from '../../contract/trend';
import type { Site } from '../sites';
import { type Maker, makerOf } from './alive';
import { fromArguments, tellKeepers } from './keeping';
import { fromOutside } from './outside';
import type { Rate } from './rates';
import type { Survivors } from './survivors';
import {
  AS_LIKELY,
  DEVIATIONS,
  ENOUGH,
  hintOf,
  isSame,
  type Known,
  MINUTE,
  placeOf,
  SHARE,
  type Suspect,
  sampledAbove,
  UNEXPLAINED,
} from './suspect';
import type { Kept } from './window';

const MOST = 5;
// Samples of what is alive that say so, at least.
const LEAST_COUNT = 8;
const LEAST_READINGS = 3;
// In the second half of the time it grows by so much of its slope at least.
const STILL = 1 / 2;
// V8's samples are this far off, at most, for a function that makes all of it.
const NOT_ITS_OWN = 0.6;
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
    const explained = instrumented(found);
    for (const one of known.survivors) fromSurvivors(found, one, trend, explained);
    tellKeepers(found, known);
    fromArguments(found, known, trend, instrumented(found));
    share(found);
  }
  if (external?.grows) {
    const outside: Suspect[] = [];
    fromOutside(outside, known, external);
    tellKeepers(outside, known);
    share(outside);
    found.push(...outside);
  }
  return found.sort((a, b) => b.growth - a.growth).slice(0, MOST);
}

// Bytes a ms, of functions that are instrumented.
function instrumented(found: Suspect[]): number {
  return found.reduce((sum, { column, growth }) => (column < 0 ? sum + growth : sum), 0) / MINUTE;
}

// Estimates of several may come to more than there is: each is a share of all then.
function share(found: Suspect[]): void {
  const all = Math.max(
    1,
    found.reduce((sum, { explains }) => sum + explains, 0),
  );
  for (const one of found) one.explains /= all;
}

/** What one function made, wherever V8 has shown it. */
interface Made {
  maker: Maker;
  series: Kept['series'];
  count: number;
  bytes: number;
  /** Of what there was in the middle of the time: alive yet. */
  survived: number;
  /** Functions that are as likely, itself among them. */
  likely: number;
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
      found.set(by.key, {
        maker: by,
        series,
        count: alive.count,
        bytes: alive.bytes,
        survived,
        likely: 1 + others.length,
        hints,
      });
      continue;
    }
    if (alive.bytes > one.bytes) {
      one.hints = hints;
      one.likely = 1 + others.length;
    }
    one.series = one.series.map(({ at, bytes }, n) => ({ at, bytes: bytes + series[n].bytes }));
    one.survived = (one.survived * one.bytes + survived * alive.bytes) / (one.bytes + alive.bytes);
    one.count += alive.count;
    one.bytes += alive.bytes;
  }
  return [...found.values()];
}

function fromMade(
  { maker, series, count, bytes, survived, likely, hints }: Made,
  trend: Trend,
): Suspect | undefined {
  if (count < LEAST_COUNT || series.length <= LEAST_READINGS) return undefined;
  const { slope, confidence } = slopeOf(
    series.map(({ bytes }) => bytes),
    (n) => series[n].at,
    DEVIATIONS,
    SHARE * trend.slope,
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
    confidence: (trend.confidence * confidence * sampledAbove(slope, trend.slope, count)) / likely,
    explains: slope / trend.slope,
    by: 'live heap',
    keptBy: null,
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
    confidence: trend.confidence * sampledAbove(growth, trend.slope, one.count),
    explains: growth / trend.slope,
    by: 'survivors',
    keptBy: null,
    shape,
    hint: hintOf('its results are not let go'),
  });
}

export type { Known, Leaks, Suspect } from './suspect';
export { isSame } from './suspect';
