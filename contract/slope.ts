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
}

/** Of three values or more; `at`: where each one lies, of which no two may be the same. */
export function slopeOf(values: ArrayLike<number>, at: (n: number) => number, deviations: number): Slope {
  const slopes: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      slopes.push((values[j] - values[i]) / (at(j) - at(i)));
    }
  }
  slopes.sort((a, b) => a - b);
  const n = values.length;
  const spread = deviations * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const last = slopes.length - 1;
  return {
    slope: median(slopes),
    low: slopes[Math.max(0, Math.floor((slopes.length - spread) / 2))],
    high: slopes[Math.min(last, Math.ceil((slopes.length + spread) / 2))],
  };
}

/** Of sorted values. */
export function median(sorted: number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
