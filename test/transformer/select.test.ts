// Which functions the options select, and what they are called.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selectFunctions } from '../../transformer/select';
import { compilers, pick, pickAll } from './select-support';

const labels = (text: string, options?: object, fileName?: string) => pickAll(text, options, fileName).labels;
const all = (text: string) => labels(text, { functions: 'all' });

test('labels: declarations, variables, nesting', () => {
  assert.equal(all('function a() { function b() { const c = () => () => 1 } }'), [
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.(anonymous)',
  ]);
  assert.equal(all('const a = function keep() {}'), ['keep']);
  assert.equal(all('let a; a = () => 1; [1].map(() => 1)'), ['a', '(anonymous)']);
  assert.equal(all('it("x", () => { function a() {} const b = () => 1 })'), ['(anonymous)', 'a', 'b']);
  assert.equal(all('namespace N { export function f() {} namespace M { class K { m() {} } } }'), [
    'N.f',
    'N.M.K.m',
  ]);
  assert.equal(all('function f(cb = () => 1, { d = () => 2 } = {}) {}'), ['f', 'f.cb', 'f.d']);
  assert.equal(all('const { late = () => 1 } = {}; ({ other = () => 2 } = {})'), ['late', 'other']);
});

test('labels: classes', () => {
  const text = `class K {
    constructor() { this.own = () => 1 }
    m() { return class { n() {} } }
    get x() { return 1 }
    set x(v) {}
    static s = () => 1;
    #p() {}
    'two words'() {}
    [Symbol.iterator]() {}
    static { const t = () => 1 }
  }`;
  assert.equal(all(text), [
    'K.constructor',
    'K.own',
    'K.m',
    'K.m.(class).n',
    'K.get x',
    'K.set x',
    'K.s',
    'K.#p',
    'K["two words"]',
    'K[Symbol.iterator]',
    'K.t',
  ]);
  assert.equal(all('const K = class { m() {} }; const L = class Own { m() {} }'), ['K.m', 'Own.m']);
  assert.equal(all('export default class { m() {} }'), ['default.m']);
  assert.equal(all('function mixin(B) { return class extends B { m() {} } }'), ['mixin', 'mixin.(class).m']);
});

test('labels: objects', () => {
  assert.equal(
    all('const bag = { a() {}, b: () => 1, c: function x() {}, [k]: () => 2, "d-e": () => 3, get f() {} }'),
    ['bag.a', 'bag.b', 'bag.c', 'bag[k]', 'bag["d-e"]', 'bag.get f'],
  );
  assert.equal(all('const a = { b: { c() {} }, ["d"]: () => 1, [`e`]() {}, 1: () => 2 }'), [
    'a.b.c',
    'a.d',
    'a.e',
    'a["1"]',
  ]);
  assert.equal(all('function make() { return { send() {} } }'), ['make', 'make.send']);
  assert.equal(all('create({ load() {}, deep: { go: () => 1 } })'), ['load', 'deep.go']);
  assert.equal(all(`const a = { [${'x'.repeat(50)}]: () => 1 }`), [`a[${'x'.repeat(37)}...]`]);
});

test('labels: exports and assignments', () => {
  assert.equal(all('module.exports = function () {}'), ['default']);
  assert.equal(all('export default () => 1'), ['default']);
  assert.equal(all('export default function () {}'), ['default']);
  assert.equal(all('export default function named() {}'), ['named']);
  assert.equal(all('exports.x = () => 1; module.exports.y = function () {}; exports["z"] = () => 2'), [
    'x',
    'y',
    'z',
  ]);
  assert.equal(all('module.exports = { a() {}, b: () => 1 }'), ['a', 'b']);
  assert.equal(all('X.prototype.y = function () {}; X.z = () => 1; X.prototype = { w() {} }'), [
    'X.y',
    'X.z',
    'X.w',
  ]);
  assert.equal(all('a.b["c d"] = () => 1; get().e = () => 2'), ['a.b["c d"]', 'e']);
  assert.equal(all('function Old() { this.m = function () {} }'), ['Old', 'Old.m']);
});

test('no label is empty', () => {
  for (const text of [
    '(() => 1)()',
    'x = [function () {}]',
    'new (class { m() {} })',
    'a ? () => 1 : function* () {}',
  ]) {
    for (const label of all(text)) assert.ok(label.length > 0, text);
  }
});

test('kinds', () => {
  const text =
    'function a(){} async function b(){} function* c(){} async function* d(){} const e = async () => 1; class K { async *f() {} }';
  for (const ts of compilers) {
    const sourceFile = ts.createSourceFile('/app/a.ts', text, ts.ScriptTarget.ESNext);
    const selection = { strip: false, configured: true, functions: 'all' as const, root: '/app' };
    const selected = selectFunctions(ts, sourceFile, selection, () => {});
    assert.equal(
      selected.map((one) => one.kind),
      [0, 1, 2, 3, 1, 3],
    );
  }
});

test('patterns match whole labels of named functions', () => {
  const text =
    'class FlightService { load() { return [].map(() => 1) } get x() { return 1 } } function loadAll() {} function unload() {}';
  assert.equal(labels(text, { functions: ['FlightService.*'] }), [
    'FlightService.load',
    'FlightService.get x',
  ]);
  assert.equal(labels(text, { functions: ['FlightService.x'] }), ['FlightService.get x']);
  assert.equal(labels(text, { functions: ['load*'] }), ['loadAll']);
  assert.equal(labels(text, { functions: ['*load*'] }), ['FlightService.load', 'loadAll', 'unload']);
  assert.equal(labels(text, { functions: ['*'] }).length, 4);
  assert.equal(labels(text, { functions: ['Load*', 'load', '(anonymous)'] }), []);
});

test('"all" takes nameless ones too, and still no function without a body', () => {
  assert.equal(
    all('declare function a(): void; abstract class K { abstract m(): void; n() {} } [].map(() => 1)'),
    ['K.n', '(anonymous)'],
  );
  assert.equal(
    all('function f(a: 1): void; function f(a: any) {} interface I { x(): void } type T = () => void'),
    ['f'],
  );
});

test('include alone selects every named function of its files', () => {
  const text = 'function a() {} [].map(() => 1); class K { m() {} }';
  assert.equal(labels(text, { include: ['src/**'] }), ['a', 'K.m']);
  assert.equal(labels(text, { include: ['lib/**'] }), []);
  assert.equal(labels(text, { include: ['src/**'], exclude: ['**/a.ts'] }), []);
  assert.equal(labels(text, { include: ['src/**'], functions: [] }), []);
  assert.equal(labels(text, { exclude: ['lib/**'] }), [], 'exclude alone selects nothing');
});

test('decorators of a class select its members, of a member that one', () => {
  const text = `
    @Injectable() class A { constructor() {} m() { [].map(() => 1) } f = () => 1; get x() { return 1 } }
    @ns.Injectable() class B { m() {} }
    @Injectable export class C { m() {} }
    @Other() class D { @Get("/") m() {} n() {} @Get() f = () => 1 }
    class E { m() {} }
    function Injectable() {}`;
  const a = ['A.constructor', 'A.m', 'A.f', 'A.get x'];
  assert.equal(labels(text, { decorators: ['Injectable'] }), [...a, 'B.m', 'C.m']);
  assert.equal(labels(text, { decorators: ['@Injectable'] }), [...a, 'B.m', 'C.m']);
  assert.equal(labels(text, { decorators: ['ns.Injectable'] }), ['B.m']);
  assert.equal(labels(text, { decorators: ['Get'] }), ['D.m', 'D.f']);
  assert.equal(labels(text, { decorators: ['Get'], functions: ['E.*'] }), ['D.m', 'D.f', 'E.m']);
  assert.equal(labels(text, { decorators: ['Get'], include: ['lib/**'] }), []);
});

test('a tag decides, whatever the options say', () => {
  const text = '/** @memprof */ function a() {} /** @memprof off */ function b() {} function c() {}';
  assert.equal(labels(text, { include: ['lib/**'] }), ['a']);
  assert.equal(labels(text, { exclude: ['**'] }), ['a']);
  assert.equal(labels(text, { functions: ['*'] }), ['a', 'c']);
  assert.equal(labels(text, { strip: true, functions: 'all' }), []);
});

test('source order', () => {
  assert.equal(all('const z = () => { const b = () => 1 }; function a() {} class M { b() {} a() {} }'), [
    'z',
    'z.b',
    'a',
    'M.b',
    'M.a',
  ]);
});

test('a file that nothing can concern is not walked', () => {
  for (const ts of compilers) {
    const sourceFile = ts.createSourceFile('/app/src/a.ts', 'function a() {}', ts.ScriptTarget.ESNext);
    // Any look at the tree would fail.
    Object.defineProperty(sourceFile, 'statements', { get: () => assert.unreachable('walked') });
    for (const options of [{}, { include: ['lib/**'], functions: ['*'] }]) {
      assert.equal(pickless(ts, sourceFile, options), []);
    }
  }
});

function pickless(ts: (typeof compilers)[0], sourceFile: import('typescript').SourceFile, options: object) {
  const selection = { strip: false, configured: Object.keys(options).length > 0, root: '/app', ...options };
  return selectFunctions(ts, sourceFile, selection, () => assert.unreachable('reported'));
}

test('JavaScript, TSX and declaration files', () => {
  assert.equal(labels('/** @memprof */ function a() {}', {}, '/app/src/a.js'), ['a']);
  assert.equal(
    labels('/** @memprof */ export const A = <T,>(p: T) => <b>{() => 1}</b>', {}, '/app/src/a.tsx'),
    ['A'],
  );
  assert.equal(
    labels('/** @memprof */ declare function a(): void', { functions: 'all' }, '/app/src/a.d.ts'),
    [],
  );
  assert.equal(
    pick(compilers[1], '/** @memprof */ function a() {', {}).labels,
    ['a'],
    'broken text does not crash',
  );
});

test.run();
