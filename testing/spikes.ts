// Makes a test fail during which a call passed its threshold: `@memprof 10MB`, or the one of all. Serves the setup file of a
// test run. Must never let a spike by: each call is measured, whatever the budget.

import { AssertionError } from 'node:assert';
import { formatSize } from '../contract/size';
import { placed, shownGiven, sized } from '../profile/shown';
import type { SpikeRecord } from '../runtime/events';
import { instance } from '../runtime/instance';
import { measureAll, startAccount } from './account';
import { hooksOf, type Runner } from './runner';

export interface Spikes {
  /** Throws an AssertionError with the spikes since it was called last, if there are any. For a hook after each test. */
  check(this: void): void;
  /** A test's function that checks at its end: for runners whose hooks cannot fail a test (uvu). */
  checked<A extends unknown[]>(this: void, fn: (...args: A) => unknown): (...args: A) => Promise<void>;
  /** Listens no longer. */
  stop(this: void): void;
}

const SHOWN = 5;

/**
 * Listens to spikes from now on, and has each test checked by the hook `afterEach` of `runner`: the module of a runner
 * (`node:test`, `vitest`), or what is global. Where there is none, `check` is to be called after each test.
 * @throws {MemprofError} MEMPROF_E_TEST_OFF
 */
export function failOnSpikes(runner?: Runner): Spikes {
  startAccount();
  measureAll();
  let spikes: SpikeRecord[] = [];
  const check = (): void => {
    if (spikes.length === 0) return;
    const told = spikes;
    spikes = [];
    throw passed(told, check);
  };
  const stop = instance.api.on('spike', (spike) => void spikes.push(spike));
  hooksOf(runner).afterEach?.(() => check());
  return {
    check,
    checked:
      (fn) =>
      async (...args) => {
        // What came before is another test's.
        spikes = [];
        await fn(...args);
        check();
      },
    stop,
  };
}

function passed(spikes: SpikeRecord[], start: () => void): AssertionError {
  const costly = [...spikes].sort((a, b) => costOf(b) - costOf(a));
  const lines = costly.slice(0, SHOWN).map(toldSpike);
  if (costly.length > SHOWN) lines.push(`and ${costly.length - SHOWN} more`);
  const [most] = costly;
  return new AssertionError({
    message: `${costly.length === 1 ? 'A call' : `${costly.length} calls`} passed the threshold:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    actual: toldCost(most),
    expected: `less than ${formatSize(most.threshold)}`,
    operator: 'failOnSpikes',
    stackStartFn: start,
  });
}

function toldSpike(spike: SpikeRecord): string {
  const given = shownGiven(
    spike.arguments.map(({ shape }) => shape),
    spike.arguments.map(({ name }) => name),
  );
  return `${toldCost(spike)}, threshold ${formatSize(spike.threshold)}  ${placed(spike.name, spike.file, spike.line)}  called with (${given})`;
}

function toldCost(spike: SpikeRecord): string {
  return sized(costOf(spike), spike.awaited >= 1 || spike.calls > 1);
}

function costOf({ total, awaited }: SpikeRecord): number {
  return total + awaited;
}
