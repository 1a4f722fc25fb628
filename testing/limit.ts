// Does a function stay below a limit? Serves tests of any runner: it rejects as an assertion does. Must never pass where
// nothing was measured, nor fail where the error of the figure alone could have made it.

import { AssertionError } from 'node:assert';
import { sized } from '../profile/shown';
import { type Figures, figuresOf, KEEPING_RUNS, type MeasureOptions } from './measure';
import type { Run } from './once';
import { toldFunctions } from './told';
import { wantFunction, wantKeys, wantSize, wantWord } from './wanted';

const FIGURES = ['allocated', 'retained', 'external'] as const;

export interface LimitOptions extends MeasureOptions {
  /** Which figure of `measure` the limit is for. Default `allocated`. */
  of?: (typeof FIGURES)[number];
}

/**
 * Runs `fn` (11 times, of which 9 are measured; with `of` another figure 5 and 3) and gives its last value, if a run takes at most `limit`: bytes, or a written size,
 * "10 MB".
 * @throws {AssertionError} where it takes more, the error of the figure being on the function's side: `actual` and
 * `expected` are sizes, `measured` all figures. As `measure` else.
 */
export async function limitMemory<T>(
  limit: number | string,
  fn: Run<T>,
  options: LimitOptions = {},
): Promise<Awaited<T>> {
  const most = wantSize('limitMemory: the limit', limit);
  wantFunction('limitMemory', fn);
  wantKeys(options, ['of', 'runs', 'warmUp']);
  const { of = 'allocated', ...rest } = options;
  wantWord('of', of, FIGURES);
  if (of !== 'allocated') rest.runs ??= KEEPING_RUNS;
  const keeping = of === 'allocated' ? 0 : Number.POSITIVE_INFINITY;
  const result = await figuresOf('limitMemory', fn, rest, keeping);
  if (result.figures[of].low > most) throw over(result, of, most);
  return result.measured.value;
}

const SAID = {
  allocated: 'was allocated',
  retained: 'is retained on the heap',
  external: 'is retained in buffers, off the heap',
};

function over(
  { measured, figures }: Figures<unknown>,
  of: (typeof FIGURES)[number],
  most: number,
): AssertionError {
  const { runs, estimated } = measured;
  const { middle, low, high } = figures[of];
  const bytes = exactly(middle, estimated);
  const often = runs > 1 ? ` by a run (the middle of ${runs})` : ' by the only run';
  const between = low === high ? '' : `, at least ${exactly(low, false)}`;
  const message = `${bytes} ${SAID[of]}${often}${between}; the limit is ${exactly(most, false)}.\n${toldFunctions(measured.functions, 'Allocated by')}`;
  const error = new AssertionError({
    message,
    actual: `${bytes} ${of}`,
    expected: `at most ${exactly(most, false)} ${of}`,
    operator: 'limitMemory',
    stackStartFn: limitMemory,
  });
  const { value: _, ...rest } = measured;
  // Not shown a second time by runners that print an error's own fields.
  Object.defineProperty(error, 'measured', { value: rest });
  return error;
}

// Two sizes near each other would look the same.
function exactly(bytes: number, estimated: boolean): string {
  return bytes < 1000 ? sized(bytes, estimated) : `${sized(bytes, estimated)} (${Math.round(bytes)} bytes)`;
}
