// Does a function leave memory behind, run after run? Serves tests of any runner. Must never take for a leak what fills and
// stops (a cache, a pool, a lazy singleton), nor what a noisy heap does by itself.

import { AssertionError } from 'node:assert';
import { formatSize } from '../contract/size';
import { type Slope, slopeOf } from '../contract/slope';
import { type FunctionBytes, functionsBetween, meanOf, moment } from './account';
import { alone } from './alone';
import type { Run } from './once';
import { collected, settled } from './settled';
import { toldFunctions } from './told';
import { wantCount, wantFunction, wantKeys, wantSize } from './wanted';

export interface LeakOptions {
  /** Runs of the first row, 12 at least. Default 60. */
  runs?: number;
  /** Runs before the first reading. Default 5. */
  warmUp?: number;
  /** What a run may leave behind: bytes, or a written size. Default 256 bytes. */
  tolerance?: number | string;
}

// Below it nobody is accused. A heap grows by itself, by up to 600 bytes from one reading to the next where a process has
// just begun, and there are five runs between two.
const TOLERANCE = 256;
const READINGS = 12;
// Of one that fills, each row sees a later part: it has as many readings as the one before, and twice the runs between.
const ROWS = 3;
// One time in a hundred the truth is outside, in a row of chance alone; three rows in a row must say the same. With more
// of them one reading that is far off would acquit.
const DEVIATIONS = 2.5;
// A reading that is so much above the one before, and twice what is usual in its row, is taken again.
const LEAP = 1024;
const AGAIN = 2;

/**
 * Runs `fn` again and again, with collections between, until it is clear that it leaves nothing behind. One that leaves
 * something each time is run seven times `runs`.
 * @throws {AssertionError} where a run leaves more than `tolerance` behind, on the heap or in buffers: `bytesPerRun` is what.
 * As `measure` else.
 */
export async function checkLeak(fn: Run<unknown>, options: LeakOptions = {}): Promise<void> {
  const { runs = 60, warmUp = 5, tolerance = TOLERANCE } = options;
  wantFunction('checkLeak', fn);
  wantKeys(options, ['runs', 'warmUp', 'tolerance']);
  wantCount('runs', runs, READINGS);
  wantCount('warmUp', warmUp, 0);
  const most = wantSize('checkLeak: the tolerance', tolerance);
  const between = Math.ceil(runs / READINGS);
  await alone('checkLeak', async () => {
    for (let n = 0; n < warmUp; n++) await fn();
    await settled();
    const before = moment().functions;
    const alive = new Float64Array(READINGS);
    let done = 0;
    let grown: Slope | undefined;
    for (let row = 0; row < ROWS; row++) {
      const each = between * 2 ** row;
      await read(fn, each, alive);
      done += READINGS * each;
      grown = slopeOf(alive, (n) => n * each, DEVIATIONS);
      if (grown.slope <= most) return;
    }
    // Also of what was full by the middle of the last row.
    if ((grown as Slope).low <= most) return;
    const functions = functionsBetween(before, moment().functions);
    throw leaks(grown as Slope, most, done, functions);
  });
}

// Fills `into` with what is alive, from one reading to the next. Written down in place: a list of readings would itself
// grow by each.
async function read(fn: Run<unknown>, each: number, into: Float64Array): Promise<void> {
  for (let n = 0; n < into.length; n++) {
    for (let run = 0; run < each; run++) await fn();
    // What a finalizer drops goes with the next reading's collection: in each row alike.
    let bytes = await reading();
    // Now and then a collection leaves something lying, up to 200 KB; none takes too much.
    const most = n > 1 ? into[n - 1] + LEAP + (2 * Math.max(0, into[n - 1] - into[0])) / (n - 1) : 0;
    for (let again = 0; again < AGAIN && n > 1 && bytes > most; again++)
      bytes = Math.min(bytes, await reading());
    into[n] = bytes;
  }
}

async function reading(): Promise<number> {
  const { heap, external } = await collected();
  return heap + external;
}

function leaks(
  { slope, low, high }: Slope,
  most: number,
  runs: number,
  functions: FunctionBytes[],
): AssertionError {
  const bytes = `~${formatSize(slope)}`;
  const message = `A run leaves ${bytes} behind (between ${formatSize(low)} and ${formatSize(high)}, after ${runs} runs still), ${formatSize(most)} are allowed.\n${toldFunctions(
    functions.map((one) => meanOf(one, runs)),
    'A run allocates, whether it is kept or not',
  )}`;
  const error = new AssertionError({
    message,
    actual: `${bytes} left behind by a run`,
    expected: `at most ${formatSize(most)} left behind by a run`,
    operator: 'checkLeak',
    stackStartFn: checkLeak,
  });
  Object.defineProperty(error, 'bytesPerRun', { value: slope });
  return error;
}
