// The middle one of some figures: what the benches compare, since a shared machine has outliers and no means.

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];
