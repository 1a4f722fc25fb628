// Is the slope of noisy values the true one, and does its interval hold it as often as it says?

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { slopeOf } from '../../contract/slope';

test('the slope: of a line itself, in spite of a fourth of wild values, and with an interval that holds the truth', () => {
  const line = Array.from({ length: 20 }, (_, n) => 5 + 30 * n);
  assert.equal(
    slopeOf(line, (n) => 10 * n, 4),
    { slope: 3, low: 3, high: 3 },
  );
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

test.run();
