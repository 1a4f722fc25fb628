// Does a function stay below a limit? Serves tests of any runner: it rejects as an assertion does. Must never pass where
// nothing was measured.

import { AssertionError } from 'node:assert';
import { formatSize } from '../contract/size';
import { type Measured, type MeasureOptions, measure, type Run } from './measure';
import { toldFunctions } from './told';
import { wantFunction, wantSize, wantWord } from './wanted';

const FIGURES = ['allocated', 'retained', 'external'] as const;

export interface LimitOptions extends MeasureOptions {
  /** Which figure of `measure` the limit is for. Default `allocated`. */
  of?: (typeof FIGURES)[number];
}

/**
 * Runs `fn` and gives its value, if it took at most `limit`: bytes, or a written size, "10 MB".
 * @throws {AssertionError} where it took more: `actual` and `expected` are sizes, `measured` all figures. As `measure` else.
 */
export async function limitMemory<T>(
  limit: number | string,
  fn: Run<T>,
  options: LimitOptions = {},
): Promise<Awaited<T>> {
  const { of = 'allocated', ...rest } = options;
  const most = wantSize('limitMemory: the limit', limit);
  wantFunction('limitMemory', fn);
  wantWord('of', of, FIGURES);
  const measured = await measure(fn, rest);
  if (measured[of] > most) throw over(measured, of, most, rest.runs ?? 1);
  return measured.value;
}

const SAID = {
  allocated: 'was allocated',
  retained: 'is retained on the heap',
  external: 'is retained in buffers, off the heap',
};

function over(
  measured: Measured<unknown>,
  of: (typeof FIGURES)[number],
  most: number,
  runs: number,
): AssertionError {
  const bytes = measured[of];
  const often = runs > 1 ? ` (median of ${runs} runs)` : '';
  const message = `${exactly(bytes)} ${SAID[of]}${often}, the limit is ${exactly(most)}.\n${toldFunctions(measured.functions, 'Allocated by')}`;
  const error = new AssertionError({
    message,
    actual: `${exactly(bytes)} ${of}`,
    expected: `at most ${exactly(most)} ${of}`,
    operator: 'limitMemory',
    stackStartFn: limitMemory,
  });
  const { value: _, ...figures } = measured;
  // Not shown a second time by runners that print an error's own fields.
  Object.defineProperty(error, 'measured', { value: figures });
  return error;
}

// Two sizes near each other would look the same.
function exactly(bytes: number): string {
  return bytes < 1000 ? formatSize(bytes) : `${formatSize(bytes)} (${Math.round(bytes)} bytes)`;
}
