// Is a figure as near to the truth as it is said to be? Serves the tests of figures.

import * as assert from 'uvu/assert';

/** Fails where `value` is further from `truth` than that share of it. */
export function near(value: number, truth: number, what: string, share = 0.01): void {
  assert.ok(
    Math.abs(value - truth) <= share * truth,
    `${what}: ${value} is not within ${100 * share} % of ${truth}`,
  );
}
