// Is the slope of noisy values the true one, and does its interval hold it as often as it says?

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { normal, slopeOf } from '../../contract/slope';

test('the slope: of a line itself, in spite of a fourth of wild values, and with an interval that holds the truth', () => {
  const line = Array.from({ length: 20 }, (_, n) => 5 + 30 * n);
  const { confidence, ...slope } = slopeOf(line, (n) => 10 * n, 4);
  assert.equal(slope, { slope: 3, low: 3, high: 3 });
  assert.ok(confidence > 0.999999 && confidence <= 1, `${confidence}`);
  const wild = line.map((y, n) => (n % 4 === 1 ? y + (n % 8 === 1 ? 1e6 : -1e6) : y));
  assert.is(slopeOf(wild, (n) => 10 * n, 4).slope, 3);
  // A generator of the simplest kind, for the same numbers each time.
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let missed = 0;
  let above = 0;
  for (let turn = 0; turn < 2000; turn++) {
    const noisy = line.map((_, n) => 3 * n + 100 * (random() - random()));
    const { slope, low, high } = slopeOf(noisy, (n) => n, 2);
    assert.ok(low <= slope && slope <= high);
    if (low > 3 || high < 3) missed++;
    if (slope > 3) above++;
  }
  // Two deviations: 4.6 % are outside.
  assert.ok(missed > 2000 * 0.02 && missed < 2000 * 0.07, `${missed} of 2000 outside`);
  assert.ok(above > 900 && above < 1100, `${above} of 2000 above`);
});

test('confidence: as often as it says is the truth above the level, and it agrees with the interval', () => {
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let sure = 0;
  for (let turn = 0; turn < 2000; turn++) {
    const noisy = Array.from({ length: 20 }, (_, n) => 3 * n + 100 * (random() - random()));
    const { low, high, confidence } = slopeOf(noisy, (n) => n, 1.96, 3);
    // The truth is the level: nothing is above it, and what says so by 95 % is wrong one time in twenty.
    if (confidence > 0.95) sure++;
    if (low > 3) assert.ok(confidence >= 0.975, `${confidence}`);
    if (high < 3) assert.ok(confidence <= 0.025, `${confidence}`);
  }
  assert.ok(sure > 2000 * 0.02 && sure < 2000 * 0.08, `${sure} of 2000 are sure`);
});

test('the normal distribution: as tables have it', () => {
  for (const [deviations, below] of [
    [0, 0.5],
    [1, 0.8413447],
    [1.96, 0.9750021],
    [-1.28, 0.1002726],
    [-3, 0.0013499],
    [40, 1],
  ])
    assert.ok(Math.abs(normal(deviations) - below) < 2e-7, `${deviations}: ${normal(deviations)}`);
});

test.run();
