// Which functions does what stays in memory come from? Draws it from the trend, from what is alive by function, from results that
// live on, and from who makes Buffers. Serves `stats()`, the log, the recorder and alerts. A program that does not grow has no suspects.

import { slopeOf } from '../../contract/slope';
import type { Trend } from '../../contract/trend';
import type { Maker } from './alive';
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

/** Bytes a ms that a function makes outside the heap. */
export interface Outside {
  maker: Maker;
  rate: number;
  bytes: number;
}

const MINUTE = 60_000;
const MOST = 5;
// Of what grows, a suspect makes at least so much; and so many samples say so.
const SHARE = 0.1;
const LEAST_COUNT = 8;
const LEAST_READINGS = 2;
// In the second half of the time it grows by so much of its slope at least.
const STILL = 1 / 2;
const DEVIATIONS = 1.96;
// Who makes less Buffers than this share of what stays cannot keep it all.
const ENOUGH = 0.5;
// Survival of what was alive in the middle of the time.
const ALL = 0.8;
const FEW = 0.3;

export function suspectsOf(known: {
  trend: Trend | undefined;
  external: Trend | undefined;
  kept: Kept[];
  survivors: Survivors[];
  outside: Outside[];
}): Suspect[] {
  const found: Suspect[] = [];
  const { trend, external } = known;
  if (trend?.grows) {
    for (const one of known.kept) {
      const suspect = fromKept(one, trend);
      if (suspect) found.push(suspect);
    }
    for (const one of known.survivors) fromSurvivors(found, one, trend);
  }
  if (external?.grows) fromOutside(found, known, external);
  return found.sort((a, b) => b.growth - a.growth).slice(0, MOST);
}

function fromKept({ maker, alive, series, survived }: Kept, trend: Trend): Suspect | undefined {
  if (alive.count < LEAST_COUNT || series.length <= LEAST_READINGS) return undefined;
  const { slope } = slopeOf(
    series.map(({ bytes }) => bytes),
    (n) => series[n].at,
    DEVIATIONS,
  );
  if (slope < SHARE * trend.slope || !goesOn(series, slope)) return undefined;
  const error = DEVIATIONS / Math.sqrt(alive.count);
  return {
    ...placeOf(maker),
    survivors: 0,
    bytes: alive.bytes,
    growth: slope * MINUTE,
    low: Math.max(0, slope * (1 - error)) * MINUTE,
    high: slope * (1 + error) * MINUTE,
    by: 'live heap',
    shape: null,
    hint: hintOf(
      alive.within && `made in ${alive.within}`,
      alive.caller && `called by ${alive.caller}`,
      survived >= ALL && 'next to nothing of it is let go',
      survived > 0 && survived < FEW && 'the oldest of it is let go, more comes than goes',
    ),
  };
}

function goesOn(series: Kept['series'], slope: number): boolean {
  const last = series[series.length - 1];
  const half = (series[0].at + last.at) / 2;
  const middle = series.findLast(({ at }) => at <= half) ?? series[0];
  return last.bytes - middle.bytes >= STILL * slope * (last.at - middle.at);
}

function fromSurvivors(found: Suspect[], one: Survivors, trend: Trend): void {
  const { maker, survivors, shape } = one;
  const known = found.find((other) => isSame(other, maker));
  if (known) {
    known.survivors = survivors;
    known.shape = shape;
    return;
  }
  if (one.outside || one.growth < SHARE * trend.slope) return;
  found.push({
    ...placeOf(maker),
    survivors,
    bytes: one.bytes,
    growth: one.growth * MINUTE,
    low: one.low * MINUTE,
    high: one.high * MINUTE,
    by: 'survivors',
    shape,
    hint: hintOf('its results are not let go'),
  });
}

// What is outside has no stacks: results that live on say most; else who makes about as much as stays.
function fromOutside(
  found: Suspect[],
  { survivors, outside }: { survivors: Survivors[]; outside: Outside[] },
  { slope, low, high }: Trend,
): void {
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
  const off = ({ rate }: Outside) => Math.abs(Math.log(rate / slope));
  const [nearest] = outside.filter(({ rate }) => rate >= ENOUGH * slope).sort((a, b) => off(a) - off(b));
  if (nearest === undefined) return;
  found.push({
    ...placeOf(nearest.maker),
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

function isSame(one: Suspect, { name, file, line }: Maker): boolean {
  return one.name === name && one.file === file && one.line === line;
}

function placeOf({ name, file, line, column }: Maker) {
  return { name, file, line, column };
}

function hintOf(...parts: (string | false | undefined | '')[]): string {
  return parts.filter(Boolean).join('; ');
}
