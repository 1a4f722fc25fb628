// The main job, end to end: `npm run demo` on a real service, with everything that it claims.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './support/node';

const demo = () =>
  spawnSync(process.execPath, [join(ROOT, 'examples/booking-api/demo.mjs')], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 1 << 26,
  });

test('the demo names the culprit, and its figures hold', () => {
  let { stdout, stderr, status } = demo();
  console.log(`${stdout}\n${stderr}`);
  if (/^NO .*(light call|big call)/m.test(stdout)) {
    // Of four hundred estimates one may lie outside in one run; not in two runs one after the other.
    ({ stdout, stderr, status } = demo());
    console.log(`${stdout}\n${stderr}`);
  }
  assert.match(
    stderr,
    /WARN.*FlightService\.getFlightHistory allocated ~.* other calls in flight\) {2}src\/flights\/flight\.service\.ts:\d+/,
  );
  assert.match(stderr, /arguments {2}providerId: string\(\d+\), bookingCode: undefined/);
  assert.match(stderr, /awaited {4}line \d+: Array\(38000\) of FlightHistory \{/);
  assert.not.match(stdout, /^NO /m);
  assert.is(stdout.match(/^yes /gm)?.length, 8);
  assert.is(status, 0);
});

test.run();
