// What do the runners say that need no installing? uvu and node:test run real test files with limits that hold and that do
// not, spikes, and the list of the heaviest tests.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { ROOT, type RunOptions, runCode, runFile } from '../support/node';

const BEGIN = `const { limitMemory, checkLeak, failOnSpikes, heaviest } = require('memprof/test'); ${EMITTED} const kept = [];`;
const TAP = ['--test-reporter=tap'];

/** Which tests TAP says have passed and failed. */
function verdicts(tap: string): Record<string, boolean> {
  return Object.fromEntries(
    [...tap.matchAll(/^\s*(not ok|ok) \d+ - (.*)$/gm)].map(([, verdict, name]) => [name, verdict === 'ok']),
  );
}

function nodeTest(code: string, options: RunOptions = {}) {
  return runCode(`const test = require('node:test'); ${BEGIN} ${code}`, { flags: TAP, ...options });
}

test('node:test: limits and leaks are verdicts, and the message is shown', () => {
  const { stdout, status } = nodeTest(`
    test('holds', () => limitMemory('1 MB', () => fill(1000)));
    test('over', () => limitMemory('1 MB', () => fill(1e6)));
    test('leaks', () => checkLeak(() => { kept.push(fill(1000)); }));`);
  assert.is(status, 1);
  assert.equal(verdicts(stdout), { holds: true, over: false, leaks: false });
  assert.match(stdout, /(7\.9|8\.\d) MB \(\d{7} bytes\) was allocated by a run.*the limit is 1\.0 MB/);
  assert.match(stdout, /A run leaves ~8\.\d kB behind/);
  assert.match(stdout, /fill {2}test\/program\.ts:2/);
});

test('node:test: a spike fails the test in which it was, by a hook or by `check`', () => {
  const tests = `
    test('quiet', () => { fill(10); });
    test('spikes', () => { tight(1e5); tight(2e5); fill(1e5); });
    test('quiet again', async () => { await wait(null); });`;
  for (const setUp of ['failOnSpikes(test);', 'test.afterEach(failOnSpikes().check);']) {
    const { stdout, status } = nodeTest(setUp + tests);
    assert.is(status, 1);
    assert.equal(verdicts(stdout), { quiet: true, spikes: false, 'quiet again': true });
    assert.match(stdout, /2 calls passed the threshold:/);
    assert.match(
      stdout,
      /1\.\d MB, threshold 1\.0 kB {2}tight {2}test\/program\.ts:10 {2}called with \(n: number\)/,
    );
  }
  const { status } = nodeTest(`failOnSpikes(test).stop(); ${tests}`);
  assert.is(status, 0);
});

test('a spike of a function too hot for the budget is seen', () => {
  const { stdout } = nodeTest(`
    const spikes = failOnSpikes();
    for (let i = 0; i < 3e5; i++) tight(1);
    test('five in many', () => { for (let i = 0; i < 20000; i++) tight(i % 3989 === 500 ? 5000 : 1); spikes.check(); });`);
  assert.equal(verdicts(stdout), { 'five in many': false });
  // The error is shown twice. What the compiler takes may come on top.
  const costs = [...stdout.matchAll(/([\d.]+) kB, threshold 1\.0 kB/g)]
    .slice(0, 5)
    .map(([, cost]) => Number(cost));
  assert.is(costs.filter((cost) => cost >= 40).length, 5, stdout);
});

test('uvu: limits, and tests that are checked for spikes', () => {
  const { stdout, status } = runCode(`
    const { test } = require('uvu'); ${BEGIN}
    const { checked } = failOnSpikes();
    test('holds', () => limitMemory('1 MB', () => fill(1000)));
    test('over', () => limitMemory('1 MB', () => fill(1e6)));
    test('spikes', checked(async () => { tight(1e5); }));
    test('fails and spikes', checked(() => { tight(1e5); throw new Error('of its own'); }));
    test('quiet', checked((state) => { if (state.__test__ !== 'quiet') throw new Error('no state'); }));
    test.run();`);
  assert.is(status, 1);
  assert.match(stdout, /\(2 \/ 5\)/);
  for (const name of ['over', 'spikes', 'fails and spikes']) assert.match(stdout, `"${name}"`);
  assert.match(stdout, /(7\.9|8\.\d) MB \(\d{7} bytes\) was allocated/);
  assert.match(stdout, /A call passed the threshold/);
  assert.match(stdout, 'of its own');
});

test('heaviest: by the hooks of node:test and of uvu, or around', () => {
  const tests = ['small', 'large', 'middle'].map(
    (name, n) => `test('${name}', () => { new Array(${[1e6, 3e6, 2e6][n]}).fill(1); });`,
  );
  const many = Array.from({ length: 12 }, (_, n) => `test('none ${n}', () => {});`);
  const expected =
    /memprof: allocated by the heaviest tests\n +24\.\d MB {2}large\n +16\.\d MB {2}middle\n +8\.\d MB {2}small\n( +.* {2}none \d+\n){7}\n?(?! +\d)/;
  const node = nodeTest(`heaviest({ runner: test }); ${tests.join('')}${many.join('')}`);
  assert.is(node.status, 0, node.stdout);
  assert.match(node.stdout, expected);
  const uvu = runCode(`const { test } = require('uvu'); ${BEGIN}
    const list = heaviest(); test.before.each(list.begin); test.after.each(list.end); test.after(() => console.log('\\n' + list.report()));
    ${tests.join('')}${many.join('')} test.run();`);
  assert.match(uvu.stdout, expected);
  const around = runCode(`${BEGIN} (async () => {
    const list = heaviest({ most: 2 });
    const value = await list.around('first', () => 7);
    await list.around('bad\\u001b[2J\\nname', async () => { await null; new Array(1e5).fill(1); });
    await list.around('throws', () => { new Array(2e5).fill(1); throw new Error('mine'); }).catch((e) => console.log(e.message));
    await Promise.all([list.around('a', () => wait(null)), list.around('b', () => wait(null))]);
    console.log(value, list.tests().length); console.log(list.report());
  })();`);
  assert.match(
    around.stdout,
    /^mine\n7 3\nmemprof: .*\n +1\.\d MB {2}throws\n +\d{3}\.\d kB {2}bad\\u\{1b\}\[2J\\u\{a\}name\nnot measured, as they overlap: 2\n$/,
  );
});

test('memprof/test-reporter: the heaviest tests of all files that node --test runs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-test-'));
  const require = `require('node:module').createRequire(${JSON.stringify(path.join(ROOT, 'package.json'))})`;
  const reporter = path.join(ROOT, 'dist/testing/reporter.js');
  for (const [name, size] of [
    ['one', 1e6],
    ['two', 2e6],
  ]) {
    writeFileSync(
      path.join(folder, `${name}.test.cjs`),
      `const test = require('node:test'); ${require}('memprof/test').heaviest({ runner: test });
      test.describe('suite', () => { test.test('of ${name}\\n', () => { new Array(${size}).fill(1); }); });`,
    );
  }
  // Not as this process, which a runner may have started.
  const run = (...args: string[]) =>
    runFile('--test', {
      cwd: folder,
      flags: [`--test-reporter=${reporter}`],
      args,
      env: { NODE_TEST_CONTEXT: undefined },
    });
  const { stdout, status } = run('one.test.cjs', 'two.test.cjs');
  assert.is(status, 0, stdout);
  assert.match(
    stdout,
    /^memprof: allocated by the heaviest tests\n +1[56]\.\d MB {2}suite > of two\\u\{a\} {2}\(two\.test\.cjs\)\n +[78]\.\d MB {2}suite > of one\\u\{a\} {2}\(one\.test\.cjs\)\n$/,
  );
  writeFileSync(path.join(folder, 'bare.test.cjs'), `require('node:test')('x', () => {});`);
  assert.match(run('bare.test.cjs').stdout, /^memprof: no test was measured\. Call heaviest/);
});

test('MEMPROF=off: no hook is set that would let all pass', () => {
  for (const call of ['failOnSpikes(test)', 'heaviest({ runner: test })']) {
    const { stderr, stdout, status } = nodeTest(`${call}; test('x', () => {});`, { env: { MEMPROF: 'off' } });
    assert.is(status, 1);
    assert.match(stdout + stderr, /MEMPROF=off: nothing can be measured/);
  }
});

test.run();
