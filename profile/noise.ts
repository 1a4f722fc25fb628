// Is a difference of two samples of calls real, or noise? Serves the difference of two recordings. Must never call a thing
// real because it is large: a few calls of a function that varies tell nothing.
//
// The bytes of a call are compared by their means, as the mean times the calls is the memory. Two tests, either of which is
// enough, each at half of the allowed chance:
// - Mann-Whitney's, on the ranks of the histograms' steps: it holds for whatever the sizes look like, from few calls on, but
//   is blind to a few calls in a thousand that became huge, and to what moves within a step of 9 %.
// - Welch's t, on the means: it sees both, but goes wrong with few and lopsided sizes. So it is asked only from 28 + 25 times
//   the squared skewness calls on (Cochran's rule, with Sugden's constant).
// Calls of one run have much in common that another run has not (what was cached, what came in first). Where a side has
// several runs, their means must differ too, by a t test with the spread between runs, as benchstat compares runs; by t
// and not by ranks, as four runs a side could never reach the chance that hundreds of functions ask for.
// With one run a side that spread cannot be seen.

import type { Histogram } from './histogram';

// It has no types of its own.
const { jStat } = require('jstat') as {
  jStat: {
    normal: { cdf(x: number, mean: number, deviation: number): number };
    studentt: { cdf(x: number, freedom: number): number };
  };
};

/** The calls of one side: all of them, and the mean of each run in which it was called. */
export interface Sample {
  sizes: Histogram;
  means: number[];
}

const ENOUGH = 28;
const ENOUGH_LOPSIDED = 25;

/**
 * @param chance how often it may say `real` where nothing changed
 * @returns `unsure`: so few calls that no difference whatever would have been told
 */
export function judged(before: Sample, after: Sample, chance: number): 'real' | 'noise' | 'unsure' {
  const hasMeans = isEnough(before.sizes) && isEnough(after.sizes);
  const most = ranksAtMost(before.sizes.measured, after.sizes.measured);
  if (!hasMeans && chanceOf(most) > chance / 2) return 'unsure';
  const isApart =
    chanceOf(ranks(before.sizes, after.sizes)) <= chance / 2 ||
    (hasMeans && chanceOfMeans(before.sizes, after.sizes) <= chance / 2);
  return isApart && chanceOfRuns(before.means, after.means) <= chance ? 'real' : 'noise';
}

function isEnough(sizes: Histogram): boolean {
  return sizes.measured >= ENOUGH + ENOUGH_LOPSIDED * sizes.skewness ** 2;
}

// Both tails.
function chanceOf(deviations: number): number {
  return 2 * jStat.normal.cdf(-Math.abs(deviations), 0, 1);
}

function chanceOfT(difference: number, variance: number, freedom: number): number {
  if (difference === 0) return 1;
  return variance > 0 ? 2 * jStat.studentt.cdf(-Math.abs(difference) / Math.sqrt(variance), freedom) : 0;
}

/** By how many standard deviations the ranks are off, those of one step being tied. */
function ranks(before: Histogram, after: Histogram): number {
  const [a, b] = [before.measured, after.measured];
  const all = a + b;
  if (a === 0 || b === 0) return 0;
  const steps = new Map<number, [number, number]>();
  for (const [bytes, count] of before) steps.set(bytes, [(count / before.count) * a, 0]);
  for (const [bytes, count] of after)
    steps.set(bytes, [steps.get(bytes)?.[0] ?? 0, (count / after.count) * b]);
  let below = 0;
  let wins = 0;
  let ties = 0;
  for (const [, [x, y]] of [...steps].sort(([one], [other]) => one - other)) {
    wins += y * (below + x / 2);
    below += x;
    ties += (x + y) ** 3 - (x + y);
  }
  const variance = ((a * b) / 12) * (all + 1 - ties / (all * (all - 1)));
  return variance > 0 ? (wins - (a * b) / 2) / Math.sqrt(variance) : 0;
}

// Where all of one side lie above all of the other.
function ranksAtMost(a: number, b: number): number {
  return a + b > 0 ? Math.sqrt((3 * a * b) / (a + b + 1)) : 0;
}

function chanceOfMeans(before: Histogram, after: Histogram): number {
  const [a, b] = [before, after].map(({ variance, measured }) => variance / measured);
  const freedom = (a + b) ** 2 / (a ** 2 / (before.measured - 1) + b ** 2 / (after.measured - 1));
  return chanceOfT(after.mean - before.mean, a + b, freedom);
}

/** 0 where each side has one run: nothing is known against it. */
function chanceOfRuns(before: number[], after: number[]): number {
  const freedom = before.length + after.length - 2;
  if (freedom < 1) return 0;
  const [a, b] = [before, after].map((means) => means.reduce((sum, one) => sum + one, 0) / means.length);
  const off = (means: number[], mean: number) => means.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const spread = (off(before, a) + off(after, b)) / freedom;
  return chanceOfT(b - a, spread * (1 / before.length + 1 / after.length), freedom);
}
