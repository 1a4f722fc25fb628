// The script that proves real packages, on two small ones from end to end, and on trees made by hand that
// differ: what it calls equal must be equal, and a workload that did not run must never pass.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Case } from './cases';
import { type Account, compare, LEAST_OWN, type Variant } from './compare';
import { ROOT } from './install';

function packages(...args: string[]) {
  const main = path.join(__dirname, 'main.ts');
  const argv = ['-r', require.resolve('tsx/cjs'), main, ...args];
  return spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8', timeout: 300_000 });
}

test('immer and acorn, installed, instrumented, run', () => {
  const { stdout, stderr, status } = packages('immer', 'acorn', '--variants', 'text,off,told');
  assert.is(status, 0, stdout + stderr);
  for (const name of ['immer', 'acorn']) {
    for (const format of ['require', 'import']) {
      assert.match(stdout, new RegExp(`^${name} +${format} .* yes +closes `, 'm'));
    }
    // More than the workload's own handful: the package's functions are in it.
    const [, own] = new RegExp(`  ${name} text: .* (\\d+) in the package itself`).exec(stdout) ?? [];
    assert.ok(Number(own) > 500, `${name}: ${own} functions`);
  }
  assert.match(stdout, /^4 passed, 0 failed$/m);
});

test('a name or a variant that there is not, and nothing to compare', () => {
  for (const args of [['nowhere'], ['immer', '--variants', 'text,loud'], ['immer', '--variants', 'plain']]) {
    const { status, stderr } = packages(...args);
    assert.is(status, 2);
    assert.match(stderr, /usage/);
  }
});

const SOUND: Account = {
  allocated: 30,
  owned: 10,
  awaited: 0,
  unowned: 15,
  overhead: 5,
  external: 0,
  inFlight: 0,
  calls: 1,
  self: 10,
  own: LEAST_OWN,
  spikes: 1,
};

/** Two trees with one workload each; the second has a runtime that answers `account`. */
function compared(plain: string, text: string, account: Partial<Account> = {}, variant: Variant = 'text') {
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-compare-'));
  for (const [tree, code] of [
    ['plain', plain],
    ['text', text],
  ]) {
    const workloads = path.join(folder, tree, 'workloads');
    mkdirSync(workloads, { recursive: true });
    writeFileSync(
      path.join(workloads, 'odd.mjs'),
      `export async function run({ log, stack, attempt }) { ${code} }`,
    );
  }
  const { calls, self, own, spikes, ...sums } = { ...SOUND, ...account };
  const none = Array.from({ length: own }, () => ({ file: 'node_modules/odd/index.js', calls: 0, self: 0 }));
  const stats = { ...sums, functions: [{ file: 'workloads/odd.mjs', calls, self }, ...none] };
  const memprof = path.join(folder, 'text', 'node_modules', 'memprof');
  mkdirSync(memprof, { recursive: true });
  const on = `on(_, tell) { for (let n = 0; n < ${spikes}; n++) tell(); }`;
  writeFileSync(
    path.join(memprof, 'index.js'),
    `module.exports = { stats: () => (${JSON.stringify(stats)}), ${on} };`,
  );
  const odd: Case = { name: 'odd', formats: ['require'] };
  return compare(odd, 'require', folder, ['plain', variant]);
}

test('equal runs are equal', async () => {
  const code =
    'log("a", { b: [1, -0, , new Map([[1, "x"]])] }, new RangeError("c")); await attempt("d", () => null.e)';
  const { differences, ledger, lines } = await compared(code, code);
  assert.equal([differences, ledger], [[], []]);
  assert.ok(lines >= 3);
});

test('what differs is told: values, order, errors, output, an end', async () => {
  const cases: [string, string, RegExp][] = [
    ['log("a", 1)', 'log("a", 2)', /plain a \| 1\n +now {3}a \| 2/],
    ['log("a"); log("b")', 'log("b"); log("a")', /plain a\n/],
    ['log("a", 0)', 'log("a", -0)', /now {3}a \| -0/],
    ['log("a", [undefined])', 'log("a", [,])', /<hole>/],
    ['log("a", new TypeError("m"))', 'log("a", new RangeError("m"))', /RangeError/],
    ['log("a", () => 1)', 'log("a", (b) => 1)', /function {2}1/],
    ['', 'throw new Error("late")', /the end threw \| Error\(Error: late\)/],
    ['', 'process.stderr.write("noise")', /printed \| noise/],
    ['', 'Promise.reject(new Error("loose"))', /unhandled \| /],
    ['', 'process.exit(3)', /ended with 3/],
    ['', 'process.exit(0)', /no result/],
  ];
  for (const [plain, text, expected] of cases) {
    const { differences } = await compared(plain, text);
    assert.match(differences.join('\n'), expected, text);
  }
  const failing = await compared('throw new Error("both")', 'throw new Error("both")');
  assert.match(failing.differences.join(), /the workload itself fails/);
});

test('an account that does not close is told', async () => {
  const cases: [Partial<Account>, RegExp, Variant?][] = [
    [{ allocated: 31 }, /the law is broken/],
    [{ self: 9 }, /the functions own 9 bytes, the ledger 10/],
    [{ inFlight: 1 }, /1 calls in flight, 0 expected/],
    [{ own: 0 }, /^text: 0 functions of the package itself were called/],
    [{ own: LEAST_OWN - 1 }, /^text: 19 functions of the package itself were called, 20 are/],
    [{ unowned: -1, allocated: 14 }, /negative.*unowned -1/],
    [{ spikes: 0 }, /no spike was told/, 'told'],
    [{}, /it counts while it is off/, 'off'],
  ];
  for (const [account, expected, variant] of cases) {
    const { ledger } = await compared('log(1)', 'log(1)', account, variant);
    assert.match(ledger.join('\n'), expected);
  }
});

test.run();
