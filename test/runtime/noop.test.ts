// Where there is no Node, the entries count nothing: bundled for a browser, instrumented code does what it did,
// reaches no module of Node's, and what is not called is shaken off.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CALL_NAMES } from '../../contract/abi';
import { instrument } from '../../transformer/instrument';
import { ROOT, resultOf, runCode } from '../support/node';

const PROGRAM = `
  function sync(a) { return a + 1; }
  const arrow = (x) => ({ x });
  async function waits(p) { try { return await p; } catch (e) { return 'caught ' + e; } finally { seen.push('finally'); } }
  function* counts() { try { yield 1; const got = yield; return got; } finally { seen.push('closed'); } }
  async function* streams() { for await (const x of counts()) yield x; }
  class K { #p = 1; get p() { return this.#p; } static { K.made = true; } }
  const seen = [];
  (async () => {
    seen.push(sync(1), arrow(2), await waits(3), await waits(Promise.reject(4)), [...counts()], new K().p, K.made);
    for await (const x of streams()) seen.push(x);
    console.log(JSON.stringify(seen));
  })();`;

const bundle = async (code: string, conditions: string[] = []) => {
  const stdin = { contents: code, resolveDir: ROOT, loader: 'js' as const };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    conditions,
  });
  return outputFiles[0].text;
};

for (const conditions of [[], ['workerd'], ['edge-light']]) {
  test(`bundled for ${conditions[0] ?? 'a browser'}: the same results, nothing of Node`, async () => {
    const { code, functions } = instrument(`export {};${PROGRAM}`, { fileName: 'a.mjs', functions: 'all' });
    assert.ok(functions.length > 5);
    const text = await bundle(code, conditions);
    assert.not.match(text, /node:|require\(/);
    assert.equal(resultOf(runCode(text)), resultOf(runCode(PROGRAM)));
  });
}

test('a browser that a test runner plays on Node, by `require`, gets the real entries', () => {
  const entries = ['.', './runtime'].map((name) => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const pick = (at: unknown, conditions: string[]): unknown => {
      if (typeof at === 'string') return at;
      const found = Object.entries(at as object).find(([key]) => conditions.includes(key));
      return found && pick(found[1], conditions);
    };
    return [
      pick(exports[name], ['browser', 'require', 'default']),
      pick(exports[name], ['browser', 'import', 'default']),
    ];
  });
  assert.equal(entries, [
    ['./dist/runtime/api.js', './dist/runtime/noop/api.mjs'],
    ['./dist/runtime/index.js', './dist/runtime/noop/index.mjs'],
  ]);
});

test('what is not called is shaken off', async () => {
  const used = "import { stats } from 'memprof'; import * as mp from 'memprof/runtime'; console.log(1);";
  const text = await bundle(used);
  assert.match(text, 'console.log(1)');
  assert.not.match(text, /allocated|suspend|class/);
});

test('the names are those of the real entries', () => {
  const names = resultOf<{ real: string[][]; noop: string[][]; call: string[] }>(
    runCode(`(async () => {
      const { pathToFileURL } = require('node:url'); const { join } = require('node:path');
      const noop = (name) => import(pathToFileURL(join(process.cwd(), 'dist/runtime/noop', name)));
      const [api, index] = [await noop('api.mjs'), await noop('index.mjs')];
      const call = index.enter(index.file('a', []), 0); const all = [];
      for (let one = call; one !== Object.prototype; one = Object.getPrototypeOf(one)) all.push(...Object.getOwnPropertyNames(one));
      console.log(JSON.stringify({ real: [Object.keys(require('memprof')).sort(), Object.keys(require('memprof/runtime')).sort()], noop: [Object.keys(api).sort(), Object.keys(index).sort()], call: all }));
    })()`),
  );
  assert.equal(names.noop, names.real);
  for (const name of CALL_NAMES) assert.ok(names.call.includes(name), name);
});

test.run();
