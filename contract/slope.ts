// How fast does something grow, in spite of noise? Serves the trend of a recording and of a running program, and memprof/test.
// Must never let a few readings that are far off decide.
//
// Theil and Sen: the median of the slopes between all pairs of points; up to 29 % of the points may be anything. The interval
// is Sen's (1968), from the variance of Kendall's tau: it asks nothing of how the noise is distributed.

export interface Slope {
  slope: number;
  /** The true slope lies between them, but for one time in so many as `deviations` of a normal distribution say. */
  low: number;
  high: number;
  /** How certain it is that the true slope is above a level: see `slopeOf`. */
  confidence: number;
}

/**
 * Of three values or more; `at`: where each one lies, of which no two may be the same. `confidence`, 0 to 1: that the true slope is
 * above `level`, by Kendall's test of what is left when that level is taken away (1 less its one-sided p-value; 0.5: nothing is
 * known). The interval is the same test the other way round: where `low` is above the level, it is 0.975 or more at 1.96 deviations.
 */
export function slopeOf(
  values: ArrayLike<number>,
  at: (n: number) => number,
  deviations: number,
  level = 0,
): Slope {
  const slopes: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      slopes.push((values[j] - values[i]) / (at(j) - at(i)));
    }
  }
  slopes.sort((a, b) => a - b);
  const n = values.length;
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const spread = deviations * deviation;
  const last = slopes.length - 1;
  return {
    slope: median(slopes),
    low: slopes[Math.max(0, Math.floor((slopes.length - spread) / 2))],
    high: slopes[Math.min(last, Math.ceil((slopes.length + spread) / 2))],
    confidence: normal(slopes.reduce((sum, one) => sum + Math.sign(one - level), 0) / deviation),
  };
}

/** Of sorted values. */
export function median(sorted: number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The share of a normal distribution that lies below so many deviations, 0 to 1. Within 7.5e-8 of it (Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 26.2.17).
 */
export function normal(deviations: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(deviations));
  const powers = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = powers.reduceRight((inner, one) => t * (one + inner), 0);
  const above = (Math.exp(-(deviations ** 2) / 2) / Math.sqrt(2 * Math.PI)) * sum;
  return deviations < 0 ? above : 1 - above;
}
