// What is told of a function that what stays in memory comes from, and the statistics that all ways of finding one share. Serves
// the ways (suspects.ts) and whoever reads what they have found.

import { normal } from '../../contract/slope';
import type { Trend } from '../../contract/trend';
import type { Site } from '../sites';
import { type Maker, makerOf } from './alive';
import type { Rate } from './rates';
import type { Survivors } from './survivors';
import type { Kept } from './window';

/** Where a function stands; `column` from 0, where `file` is the one that runs, -1 where it is the source. */
export interface Where {
  name: string;
  file: string;
  line: number;
  column: number;
}

/** A function that makes what is not let go; bytes, `growth`, `low` and `high` bytes a minute, all estimated. */
export interface Suspect {
  name: string;
  file: string;
  line: number;
  /** From 0, where `file` is the one that runs; -1 where it is the source. */
  column: number;
  /** Results of its calls that outlive collections (`by` arguments: what they were handed); 0 where none of them are known. */
  survivors: number;
  /** Alive of what it made since it is looked at. */
  bytes: number;
  growth: number;
  /** Within which `growth` lies, with 95 % confidence. */
  low: number;
  high: number;
  /**
   * 0 to 1: that memory grows, and that this function accounts for more than a tenth of that. A product of the trend's own
   * confidence; of Kendall's test of its growth against that tenth, where there are readings; of how far its growth is above it
   * by the number of samples (their count's root); and, where others are as likely, one share of so many.
   */
  confidence: number;
  /** The share of the trend's slope that it accounts for, 0 to 1; those of all suspects of one trend come to 1 at most. */
  explains: number;
  /**
   * What it is known by: results that live on, V8's profile of what is alive, Buffers that it makes, or arguments that it is handed
   * and does not let go, where nobody is known who makes them.
   */
  by: 'survivors' | 'live heap' | 'external' | 'arguments';
  /** Who is handed what it makes, and does not let go of it, as the very objects say; null where that is not known. */
  keptBy: Where | null;
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
  /** In words, where the suspects explain less than half of what grows. */
  unexplained?: string | undefined;
}

/** What the suspects are drawn from. */
export interface Known {
  trend: Trend | undefined;
  external: Trend | undefined;
  kept: Kept[];
  survivors: Survivors[];
  /** The same of arguments: who is handed what lives on. */
  handed: Survivors[];
  rates: Rate[];
  /** Bytes a ms that no function owns. */
  unowned: number;
  /** Whether V8 may compile a function into another, or, null, into one that is not instrumented. */
  isWithin(site: Site, above: Site | null): boolean;
}

export const MINUTE = 60_000;
/** Of what grows, a suspect makes at least so much. */
export const SHARE = 0.1;
export const DEVIATIONS = 1.96;
/** Who makes less than this share of what stays cannot keep it all. */
export const ENOUGH = 0.5;
/** Of what is made, within a factor of two. */
export const AS_LIKELY = Math.LN2;
// Of results and arguments: where so much is left unexplained.
export const UNEXPLAINED = 1 / 2;

/** That a growth that `count` samples tell is above the share that makes a suspect: their number is off by its root. */
export function sampledAbove(growth: number, slope: number, count: number): number {
  return normal(((growth - SHARE * slope) / growth) * Math.sqrt(count));
}

/** Whether two are about the same function. */
export function isSame(
  one: Pick<Where, 'name' | 'file' | 'line'>,
  { name, file, line }: Pick<Where, 'name' | 'file' | 'line'>,
): boolean {
  return one.name === name && one.file === file && one.line === line;
}

export function placeOf({ name, file, line, column }: Maker): Where {
  return { name, file, line, column };
}

export function whereOf(site: Site): Where {
  return placeOf(makerOf(site));
}

export function hintOf(...parts: (string | false | undefined | '')[]): string {
  return parts.filter(Boolean).join('; ');
}
