// The clock of the account, in milliseconds. Taken once, at load: test suites replace
// `performance.now` by a fake one, and a fake clock must not stop the account's.

import { pinned } from './pinned';

const clock = pinned<number>(performance.now.bind(performance), [
  () => 0.5,
  () => 1.5,
  () => 2.5,
  () => 3.5,
  () => 4.5,
]);

/** Slots of `spent`: on collections told and lines written, of which sampling spares little; on what is done for each measured call. */
export const BESIDES = 0;
export const TOLD = 1;
/** Milliseconds that memprof has spent on work of its own that is no boundary. */
export const spent = new Float64Array(2);

export function now(): number {
  return clock.call();
}
