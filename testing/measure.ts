// How much memory does a function take? Runs it between readings of the account and of the heap, several times. Serves
// tests that hold a limit. Must never count what memprof itself or this file allocates, nor call a function more often than
// it says.

import { LARGE } from '../runtime/compiled';
import { type FunctionBytes, middleOf } from './account';
import { alone } from './alone';
import { ENOUGH, type Figure, figureOf, marginOf } from './figure';
import { type Bytes, type Kept, once, type Run, type Taken, tares } from './once';
import { wantCount, wantFunction, wantKeys } from './wanted';

/** What one run takes: the middle of the runs. Bytes. */
export interface Measured<T> extends Bytes {
  /** What the last run gave. */
  value: T;
  /** How far from each figure the truth may lie. */
  margin: Bytes;
  /** From so few runs that the figures are estimated. */
  estimated: boolean;
  /** How often it was run and measured. */
  runs: number;
  /** The instrumented functions that run in most runs, the costliest first. Empty where there are none. */
  functions: FunctionBytes[];
}

export interface MeasureOptions {
  /** How often the function is run and measured. Default 9; 1 for what cannot be repeated. */
  runs?: number;
  /** How often it is run before that, unmeasured. Default 2; with `runs: 1` 0. */
  warmUp?: number;
}

export const RUNS = 9;
const WARM_UP = 2;
/** So many of the runs are enough for what is kept: the heap is collected before and after each of them. */
export const KEEPING_RUNS = 3;

// What a tare is off: about the cost of a reading, more where V8 is asked for what it collected.
const OFF = 128;
const OFF_LARGE = 512;
// Of what is kept: feedback and the like that V8 makes in its own time.
const OFF_KEPT = 1024;
// The compiler's page, of code and of data.
const COMPILERS = 512 * 1024;
const NO_TARES = { sync: 0, waited: 0 };

/**
 * Runs `fn` 11 times, of which 9 are measured, and tells what one run takes.
 * @throws {MemprofError} MEMPROF_E_TEST_OFF, MEMPROF_E_TEST_GC, MEMPROF_E_TEST (options), MEMPROF_E_TEST_OVERLAP; and
 * whatever `fn` throws.
 */
export async function measure<T>(fn: Run<T>, options: MeasureOptions = {}): Promise<Measured<Awaited<T>>> {
  wantFunction('measure', fn);
  wantKeys(options, ['runs', 'warmUp']);
  return (await figuresOf('measure', fn, options, KEEPING_RUNS)).measured;
}

export interface Figures<T> {
  measured: Measured<T>;
  figures: Record<keyof Bytes, Figure>;
}

/** @param keeping in how many of the runs, the last ones, it is looked at what is kept; 0: those figures are NaN */
export async function figuresOf<T>(
  name: string,
  fn: Run<T>,
  options: MeasureOptions,
  keeping: number,
): Promise<Figures<Awaited<T>>> {
  const { runs = RUNS, warmUp = runs === 1 ? 0 : WARM_UP } = options;
  wantCount('runs', runs, 1);
  wantCount('warmUp', warmUp, 0);
  return alone(name, async () => {
    const kept: Kept = { value: undefined };
    const tare = await tares(kept);
    for (let n = 0; n < warmUp; n++) await once(fn, NO_TARES, kept, false);
    const taken: Taken[] = [];
    for (let n = 0; n < runs; n++) taken.push(await once(fn, tare, kept, n >= runs - keeping));
    const keeps = taken.slice(Math.max(0, runs - keeping));
    const all = (key: keyof Bytes) => (key === 'allocated' ? taken : keeps).map((one) => one[key]);
    const estimated = runs < ENOUGH;
    // In few runs nobody sees what the compiler took: as much at most as its spaces grew.
    const unseen = estimated ? Math.min(COMPILERS, Math.max(...taken.map((one) => one.compilers))) : 0;
    const allocated = figureOf(all('allocated'), 0);
    const off = unseen + (allocated.middle > LARGE / 2 ? OFF_LARGE : OFF);
    const figures = {
      allocated: figureOf(all('allocated'), off),
      retained: figureOf(all('retained'), OFF_KEPT + unseen),
      external: figureOf(all('external'), 0),
    };
    const each = (of: (figure: Figure) => number): Bytes => ({
      allocated: of(figures.allocated),
      retained: of(figures.retained),
      external: of(figures.external),
    });
    const measured: Measured<Awaited<T>> = {
      value: kept.value as Awaited<T>,
      ...each(({ middle }) => middle),
      margin: each(marginOf),
      estimated,
      runs,
      functions: middleOf(taken.map((one) => one.functions)),
    };
    return { measured, figures };
  });
}
