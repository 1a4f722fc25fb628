// What is the figure of several runs, and how far off may it be? Serves measure.ts. Must never be moved by a few runs in
// which the compiler, a collection or another part of the program took something, nor call one run's figure exact.
//
// The middle of the runs, and the runs a quarter from either end: what a function allocates that does the same each time is a
// constant, and what disturbs it hits few runs.

import { median } from '../contract/slope';

/** Bytes: the middle of the runs; the truth lies between the ends. */
export interface Figure {
  middle: number;
  low: number;
  high: number;
}

/** From so many runs on the ends are not the outermost ones, and nothing is estimated. */
export const ENOUGH = 3;

/** @param off how far off a figure may be, in any run */
export function figureOf(runs: readonly number[], off: number): Figure {
  const sorted = [...runs].sort((a, b) => a - b);
  const outside = Math.floor((sorted.length - 1) / 4);
  return {
    middle: median(sorted),
    low: sorted[outside] - off,
    high: sorted[sorted.length - 1 - outside] + off,
  };
}

/** How far the truth may lie from the middle. */
export function marginOf({ middle, low, high }: Figure): number {
  return Math.max(middle - low, high - middle);
}
