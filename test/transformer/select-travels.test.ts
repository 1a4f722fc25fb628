// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are source texts
// Functions whose source text travels: left alone; a tagged one with one warning.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instrument } from '../../transformer/instrument';
import { ROOT, resultOf, runFile } from '../support/node';
import { pickAll } from './select-support';

/** Labels selected with everything asked for. */
const left = (text: string) => pickAll(text, { functions: 'all' }).labels;

test('inside arguments of hoisted mocks, at any depth', () => {
  const factory = '("./m", () => ({ send() { return () => 1 } }))';
  for (const callee of [
    'jest.mock',
    'jest.doMock',
    'jest.unmock',
    'jest.setMock',
    'vi.mock',
    'vi.doMock',
    'vi.hoisted',
    'jest.mock<typeof import("./m")>',
    'jest.mock("./a").mock',
  ]) {
    assert.equal(left(`${callee}${factory}; const other = () => 1`), ['other'], callee);
  }
  assert.equal(left('jest.fn(() => 1); server.mock(() => 1)').length, 2);
});

test('passed to a call that runs them elsewhere', () => {
  for (const callee of [
    'evaluate',
    'evaluateHandle',
    '$eval',
    '$$eval',
    'addInitScript',
    'waitForFunction',
  ]) {
    assert.equal(left(`page.${callee}("a", () => { const inner = () => 1 })`), [], callee);
    assert.equal(left(`function f() {} page.${callee}(f); function g() {}`), ['g'], callee);
  }
  assert.equal(left('page.exposeFunction("f", () => 1)'), ['(anonymous)'], 'stays in this process');
  assert.equal(left('db.mapReduce(map, () => 1, { finalize() {} }); const map = () => 1'), []);
  assert.equal(left('find({ $where: function () { return () => 1 } })'), []);
  assert.equal(left('agg({ $function: { body: function () {} }, $accumulator: { init() {} } })'), []);
  assert.equal(left('chrome.scripting.executeScript({ func: go }); function go() {}'), []);
  assert.equal(left('ClientFunction(() => 1)'), []);
  assert.equal(left('list.map(() => 1); evaluate(() => 1)').length, 2);
});

test('made a string in this file', () => {
  for (const use of [
    'f.toString()',
    '(f).toString()',
    'String(f)',
    '`(${f})()`',
    '"(" + f + ")()"',
    'f + ""',
    '("a" + 1) + f',
    'Function.prototype.toString.call(f)',
    'new Worker(f.toString(), { eval: true })',
    'new Function("return " + f)',
    'new Blob(["(", f, ")()"])',
  ]) {
    assert.equal(left(`function f() { function inner() {} } function g() {} ${use}`), ['g'], use);
    assert.equal(left(`const f = () => 1; ${use}`), [], use);
  }
  assert.equal(left('`${() => 1}`'), []);
  assert.equal(left('const o = { f() {}, g: () => 1, h() {} }; o.f.toString(); `${o.g}`'), ['o.h']);
  assert.equal(
    left('class K { static f() {} g() {} h() { this.g.toString() } } String(K.f); "" + K.prototype.x'),
    ['K.h'],
  );
});

test('what a name means is decided by its scope', () => {
  assert.equal(left('function f() {} function g(f: any) { return f.toString() }'), ['f', 'g']);
  assert.equal(left('function f() {} function g() { const f = 1; return `${f}` }'), ['f', 'g']);
  assert.equal(left('function f() {} { const f = () => 1; f.toString() }'), ['f']);
  assert.equal(left('function f() {} function g() { { var f = h() } return f.toString() }'), ['f', 'g']);
  assert.equal(left('if (x) { var f = () => 1 } f.toString()'), []);
  assert.equal(left('function f() {} try {} catch (f) { f.toString() }'), ['f']);
  assert.equal(left('function f() {} for (const f of x) String(f)'), ['f']);
  assert.equal(left('import { f } from "x"; const g = () => f.toString()'), ['g']);
  assert.equal(left('const f = function me() { return me.toString() }'), []);
  assert.equal(left('function g() { return f.toString(); function f() {} }'), ['g']);
  assert.equal(left('const count = 1; const g = () => "count: " + count + String(count)'), ['g']);
  assert.equal(left('class K { get x() { return 1 } m() { return this.x.toString() } }'), ['K.get x', 'K.m']);
});

test('read by Node to find the exports of a CommonJS module', () => {
  const getter =
    'Object.defineProperty(exports, "a", { enumerable: true, get: function () { return m.a; } })';
  for (const text of [
    getter,
    getter.replace('exports', 'module.exports'),
    getter.replace('get: function ()', 'get()'),
    getter.replace('(exports', ' (\n  exports'),
    `Object.keys(m).forEach(function (key) { if (key === "default" || key === "__esModule") return;
       ${getter.replace('"a"', 'key').replace('m.a', 'm[key]')} })`,
    'Object.keys(m).forEach(function (k) { if (k !== "default") exports[k] = m[k] })',
  ]) {
    assert.equal(left(`${text}; function other() {}`), ['other'], text);
  }
  // Nothing that the loader looks for.
  assert.equal(left(getter.replace('exports', 'target')).length, 1);
  assert.equal(left(getter.replace('"a"', 'key')).length, 1);
  assert.equal(left('Object.defineProperty(exports, "a", { value: function () {} })').length, 1);
  assert.equal(
    left('Object.keys(m).forEach(function (key) { if (key === "x") return; use(key) })').length,
    1,
  );
  assert.equal(left('Object.keys(m).forEach(function (key) { use(key) })').length, 1);
  assert.equal(left('list.forEach(function (key) { if (key === "default") return; use(key) })').length, 1);
});

test('named imports of an instrumented CommonJS module are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-exports-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'memprof'), 'junction');
  const code = `const m = require('./m.cjs');
    Object.defineProperty(exports, 'first', { enumerable: true, get: function () { return m.first; } });
    Object.keys(m).forEach(function (key) {
      if (key === "default" || key === "__esModule") return;
      if (key in exports && exports[key] === m[key]) return;
      Object.defineProperty(exports, key, { enumerable: true, get: function () { return m[key]; } });
    });
    exports.own = function own() { return 3; };`;
  const fileName = join(folder, 'all.cjs');
  for (const printer of ['text', 'ast'] as const) {
    const built = instrument(code, { fileName, functions: 'all', printer, sourceMap: false });
    assert.equal(
      built.functions.map(({ name }) => name),
      ['own'],
    );
    writeFileSync(fileName, built.code);
    writeFileSync(join(folder, 'm.cjs'), 'exports.first = 1; exports.second = 2;');
    const use =
      "import { first, second, own } from './all.cjs'; console.log(JSON.stringify([first, second, own()]));";
    writeFileSync(join(folder, 'use.mjs'), use);
    assert.equal(resultOf(runFile(join(folder, 'use.mjs'))), [1, 2, 3], printer);
  }
});

test('a tagged one gives exactly one warning, at its line; one that a pattern names gives none', () => {
  const text = '\n/** @memprof */\nfunction f() {}\nrun(f.toString()); log(`${f}`);';
  assert.equal(pickAll(text), { labels: [], warnings: ['3:MEMPROF_W_TAG_TRAVELS f'] });
  assert.equal(pickAll(text.replace('@memprof', ''), { functions: ['f'] }), { labels: [], warnings: [] });
  const mock = 'vi.mock("x", () => ({\n/** @memprof */ a() {},\n/** @memprof off */ b() {} }))';
  assert.equal(pickAll(mock).warnings, ['2:MEMPROF_W_TAG_TRAVELS a']);
  const member = '/** @memprof */ class K {\n static f() {}\n g() {} }\nString(K.f)';
  assert.equal(pickAll(member), { labels: ['K.g'], warnings: ['2:MEMPROF_W_TAG_TRAVELS K.f'] });
});

test.run();
