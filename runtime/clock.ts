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

export function now(): number {
  return clock.call();
}
