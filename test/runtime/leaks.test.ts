// What is not let go is named, and what is healthy is left alone: the arithmetic on generated heaps, the weak references that nothing
// may hold on to, and real programs of bench/leaks/ with small heaps.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trendOf } from '../../contract/trend';
import { readRecordings } from '../../profile/read';
import { suspectLines } from '../../profile/story';
import type { Leaks, Suspect } from '../../runtime/api';
import { collectAll } from '../../runtime/collections';
import { Survey } from '../../runtime/leaks/survivors';
import { suspectsOf } from '../../runtime/leaks/suspects';
import { newTable, type Site } from '../../runtime/sites';
import { type Span, WEIGHT } from '../../runtime/span';
import { ACCOUNT } from '../support/emitted';
import { ROOT, resultOf, runCode } from '../support/node';

const MB = 1e6;
const SECOND = 1000;
const points = (count: number, live: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => ({ at: n * 2 * SECOND, bytes: live(n) }));
const counts = fc.integer({ min: 30, max: 200 });

test('a heap that grows evenly grows, in spite of noise and of single requests; its slope is the true one', () => {
  fc.assert(
    fc.property(
      counts,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 200, maxLength: 200 }),
      (count, each, noise) => {
        const trend = trendOf(
          points(count, (n) => (50 + each * (n + noise[n])) * MB + (n % 17 === 5 ? 300 * MB : 0)),
          4e9,
        );
        assert.ok(trend?.grows, JSON.stringify(trend));
        assert.ok(Math.abs(trend.slope / ((each * MB) / (2 * SECOND)) - 1) < 0.25, `${trend.slope}`);
      },
    ),
  );
});

test('a heap that has filled, is even or falls does not grow, whenever it filled and however it is shaken', () => {
  fc.assert(
    fc.property(counts, fc.double({ min: 0.05, max: 0.6, noNaN: true }), (count, part) => {
      const filled = part * count;
      assert.not.ok(
        trendOf(
          points(count, (n) => Math.min(n, filled) * MB),
          4e9,
        )?.grows,
      );
      // Ever more slowly, as a cache whose keys are drawn from so many.
      const slowly = count / (3 + 4 * part);
      assert.not.ok(
        trendOf(
          points(count, (n) => (1 - Math.exp(-n / slowly)) * 100 * MB),
          4e9,
        )?.grows,
      );
      assert.not.ok(
        trendOf(
          points(count, (n) => (50 + (n % 5) * 10) * MB),
          4e9,
        )?.grows,
      );
      assert.not.ok(
        trendOf(
          points(count, (n) => (500 - n) * MB),
          4e9,
        )?.grows,
      );
    }),
  );
});

test('too little is no trend: few collections, or little time', () => {
  assert.is(
    trendOf(
      points(5, (n) => n * MB),
      0,
    ),
    undefined,
  );
  assert.is(
    trendOf(
      [1, 2, 3, 4, 5, 6, 7, 8].map((at) => ({ at, bytes: at * MB })),
      0,
    ),
    undefined,
  );
  assert.is(
    trendOf(
      points(8, (n) => n * MB),
      0,
    )?.left,
    undefined,
  );
});

function siteOf(name: string): Site {
  return newTable('src/app.ts', [[name, 7, 0]]).sites[0];
}
function ends(survey: Survey, site: Site, result: unknown): void {
  const n = new Float64Array(64);
  n[WEIGHT] = 1;
  survey.ended({ site, result, n, parent: null } as unknown as Span);
}
// References that were looked at last as long as the job.
const nextJob = () => new Promise((resolve) => setImmediate(resolve));
async function collected(survey: Survey): Promise<void> {
  await nextJob();
  collectAll();
  survey.collected();
  await nextJob();
}

test('of however many results few are held, and weakly: what the program lets go is gone', async () => {
  const survey = new Survey();
  const sites = Array.from({ length: 20 }, (_, n) => siteOf(`f${n}`));
  let most = 0;
  for (let n = 0; n < 200_000; n++) {
    ends(survey, sites[n % 20], { n });
    most = Math.max(most, survey.size);
    if (n % 1000 === 0) await nextJob();
  }
  assert.ok(most > 20 && most <= 20 * 256, `${most}`);
  await collected(survey);
  assert.is(survey.size, 0);
});

test('results that live on are told by function, with their number and size; what is handed out again is one', async () => {
  let time = 0;
  const survey = new Survey(0, () => time);
  const [leaky, cached, clean] = ['leaky', 'cached', 'clean'].map(siteOf);
  const kept: unknown[] = [];
  const one = { one: 1 };
  for (let n = 0; n < 40; n++) {
    time += 25;
    for (let i = 0; i < 25; i++) {
      const result = { id: n, rows: new Array(100).fill(i) };
      kept.push(result);
      ends(survey, leaky, result);
      ends(survey, cached, one);
      ends(survey, clean, { id: n });
    }
    if (n % 4 === 0) await collected(survey);
  }
  for (let n = 0; n < 4; n++) await collected(survey);
  const found = survey.survivors(time, 0);
  assert.equal(
    found.map(({ maker }) => maker.name),
    ['leaky'],
  );
  const [{ survivors, bytes, growth, shape, outside }] = found;
  // 1000 of 850 bytes: a sampled share stands for all.
  assert.ok(survivors > 500 && survivors < 2000, `${survivors}`);
  assert.ok(bytes > 850 * 500 && bytes < 1100 * 2000, `${bytes}`);
  assert.ok(growth > bytes / time / 2, `${growth}`);
  assert.equal([shape, outside, kept.length], ['{id, rows}', false, 1000]);
});

test('nobody is a suspect of a heap that does not grow, whatever is alive', () => {
  const maker = { key: 'a', name: 'a', file: 'a.js', line: 1, column: -1, site: undefined };
  const alive = { maker, bytes: 90 * MB, count: 900, older: 0, caller: undefined, within: undefined };
  const series = [0, 1, 2, 3, 4].map((n) => ({ at: n * 4000, bytes: n * 20 * MB }));
  const kept = [{ maker, alive, series, survived: 1 }];
  const of = (live: (n: number) => number) =>
    suspectsOf({
      trend: trendOf(points(12, live), 4e9),
      external: undefined,
      kept,
      survivors: [],
      handed: [],
      rates: [],
      unowned: 0,
      isWithin: () => false,
    });
  assert.equal(
    of((n) => n * 10 * MB).map(({ name, by }) => [name, by]),
    [['a', 'live heap']],
  );
  assert.equal(
    of((n) => Math.min(n, 3) * 10 * MB),
    [],
  );
});

const SMALL = ['--max-semi-space-size=1', '--max-old-space-size=300'];

/** A program of bench/leaks/; `last` is what it has told last. */
function start(name: string, env: Record<string, string>): { child: ChildProcess; errors: () => string } {
  const folder = join(ROOT, 'bench', 'leaks');
  const child = fork(join(folder, `${name}.js`), [], {
    cwd: ROOT,
    execArgv: [...SMALL, '--import', 'memprof/register', '--require', join(folder, 'watch.cjs')],
    env: { ...process.env, MEMPROF_LOG: 'spikes', MEMPROF_RECORD: 'off', MEMPROF_LEAKS: '4s', ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let text = '';
  child.stderr?.on('data', (data) => {
    text += data;
  });
  return { child, errors: () => text };
}

for (const [name, truth] of [
  ['leak-cache', 'loadProfile'],
  ['leak-buffers', 'receive'],
] as const) {
  test(`${name}: the function is named, in stats, in the log and in the recording`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memprof-leaks-'));
    const { child, errors } = start(name, { MEMPROF_RECORD: folder, MEMPROF_ALERTS: 'leak' });
    const suspects = await new Promise<Suspect[]>((resolve, reject) => {
      child.on('message', (leaks: Leaks) => leaks.suspects.length > 0 && resolve(leaks.suspects));
      child.on('exit', () => reject(new Error(errors())));
    });
    const [{ name: first, file, line, growth, low, high }] = suspects;
    assert.equal([first, file], [truth, `bench/leaks/${name}.js`]);
    assert.ok(line > 1 && low <= growth && growth <= high && growth > 20 * MB, JSON.stringify(suspects));
    // The recorder's thread polls: its line is on disk by one of them.
    let [recording] = readRecordings([folder]);
    for (; !recording?.suspects || recording.alerts.length === 0; [recording] = readRecordings([folder]))
      await nextJob();
    child.kill();
    await once(child, 'exit');
    assert.is(recording.suspects.all[0].name, truth);
    assert.match(
      suspectLines(recording)[1],
      new RegExp(`^ {2}~.* a minute .* ${truth} {2}bench/leaks/${name}.js:${line} `),
    );
    assert.is(errors().match(/what is not let go grows/g)?.length, 1, errors());
    assert.ok(errors().includes(`${truth}  bench/leaks/${name}.js:${line}`), errors());
    assert.equal([recording.alerts[0].rule, recording.alerts[0].state], ['leak', 'raised']);
    assert.match(
      errors(),
      new RegExp(`alert leak: ${truth} is a suspect: ~.* bench/leaks/${name}.js:${line}`),
    );
  });
}

test('ok-ttl: nobody is accused', async () => {
  const { child, errors } = start('ok-ttl', { MEMPROF_LEAKS: '10s' });
  const trends: Leaks[] = [];
  // Five seconds longer than growth must have gone on: what it keeps for five has come to an end by then.
  await new Promise<void>((resolve, reject) => {
    child.on(
      'message',
      (leaks: Leaks) =>
        trends.push(leaks) && leaks.trend && leaks.trend.to - leaks.trend.from > 15 * SECOND && resolve(),
    );
    child.on('exit', () => reject(new Error(errors())));
  });
  child.kill();
  assert.ok(trends.every(({ suspects }) => suspects.length === 0));
  assert.is(errors(), '');
});

test('a rule that alerts of leaks has them looked for, as long as it is set', () => {
  const looks = resultOf<boolean[]>(
    runCode(`const memprof = require('memprof'); ${ACCOUNT}
      const looks = (alerts) => { memprof.configure({ alerts }); return 'leaks' in memprof.stats(); };
      print([looks('heap>85%'), looks('leak'), looks('slope>1MB/min'), looks('off'), looks('on')]);`),
  );
  assert.equal(looks, [false, true, true, false, true]);
});

test('off unless it is asked for; set by the words that are allowed, and by no others', () => {
  const [off, bad, on, again] = resultOf(
    runCode(`const memprof = require('memprof'); ${ACCOUNT}
      const before = 'leaks' in memprof.stats();
      let bad; try { memprof.configure({ leaks: 'soon' }); } catch (error) { bad = error.code; }
      memprof.configure({ leaks: '5min' });
      const on = memprof.stats().leaks;
      memprof.configure({ leaks: false });
      print([before, bad, on, 'leaks' in memprof.stats()]);`),
  );
  assert.equal([off, bad, on, again], [false, 'MEMPROF_E_CONFIGURE', { suspects: [] }, false]);
  const { stderr } = runCode("require('memprof')", { env: { MEMPROF_LEAKS: 'soon' } });
  assert.match(stderr, /MEMPROF_LEAKS=soon is ignored|MEMPROF_LEAKS="soon" is ignored/);
});

test.run();
