// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are source texts
// Tags: what a comment says, where it can stand, and whose it is.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTag } from '../../transformer/tags';
import { pickAll } from './select-support';

const labels = (text: string, options?: object) => pickAll(text, options).labels;
const says = (comment: string) => {
  const tag = parseTag(comment);
  return tag && (tag.bad !== undefined ? `bad ${tag.bad}` : tag.off ? 'off' : (tag.spike ?? 'plain'));
};

test('what a tag says', () => {
  assert.is(says('/** @memprof */'), 'plain');
  assert.is(says('/**@memprof*/'), 'plain');
  assert.is(says('/**\n * Adds.\n * @memprof\n */'), 'plain');
  assert.is(says('/**\r\n * @memprof 10MB\r\n */'), 10e6);
  assert.is(says('/** @memprof 1.5 GiB */'), 1.5 * 2 ** 30);
  assert.is(says('/** @memprof 500KB reads the table */'), 500e3);
  assert.is(says('/** @memprof 4096 */'), 4096);
  assert.is(says('/** @memprof: 2mb */'), 2e6);
  assert.is(says('/** @memprof off */'), 'off');
  assert.is(says('/** @memprof OFF, it is too hot */'), 'plain');
  assert.is(says('/** @memprof off it is too hot */'), 'off');
  assert.is(says('/** @memprof label=custom */'), 'plain');
  assert.is(says('/** @memprof the big one */'), 'plain');
});

test('a word that looks like a size and is none', () => {
  assert.is(says('/** @memprof 10XB */'), 'bad 10XB');
  assert.is(says('/** @memprof 10 XB */'), 'bad 10 XB');
  assert.is(says('/** @memprof -5MB */'), 'bad -5MB');
  assert.is(says('/** @memprof 10% */'), 'bad 10%');
  assert.is(says('/** @memprof 1e6 */'), 'bad 1e6');
});

test('what is no tag', () => {
  for (const comment of [
    '/* @memprof */',
    '/*** @memprof */',
    '/** uses @memprof to measure */',
    '/** {@memprof} */',
    '/** see {@link memprof} and @memprof */',
    '/**\n * ```ts\n * @memprof\n * ```\n */',
    '/**\n * ~~~\n * @memprof\n * ~~~\n */',
    '/** @memprof-ignore */',
    '/** @memprofile */',
    '/** @memprof/transformer is the plugin */',
  ]) {
    assert.is(says(comment), undefined, comment);
  }
  assert.is(says('/**\n * ```x```\n * @memprof\n */'), 'plain', 'a fence on one line is closed');
});

test('a wrong size stops with file, line and column', () => {
  assert.throws(
    () => pickAll('\n  /** @memprof 10XB */\nfunction f() {}'),
    (error: Error) => /^src\/a\.ts:2:3 .*"10XB".*MEMPROF_E_TAG_SIZE/.test(error.message),
  );
  assert.throws(() => pickAll('/** @memprof -5MB */ class K { m() {} }'), /-5MB/);
});

test('places: before, behind modifiers and decorators, before the name', () => {
  assert.equal(labels('export /** @memprof */ function a() {}'), ['a']);
  assert.equal(labels('export default /** @memprof */\nfunction a() {}'), ['a']);
  assert.equal(labels('export default /** @memprof */ () => 1'), ['default']);
  assert.equal(labels('/** @memprof */\nexport = function () {}'), ['default']);
  assert.equal(labels('export /** @memprof */ async function a() {}'), ['a']);
  assert.equal(labels('async /** @memprof */ function a() {}'), ['a']);
  assert.equal(labels('function /** @memprof */ a() {}'), ['a']);
  assert.equal(labels('function* /** @memprof */ a() {}'), ['a']);
  assert.equal(labels('const a = async /** @memprof */ () => 1'), ['a']);
  assert.equal(labels('class K { /** @memprof */ m() {} }'), ['K.m']);
  assert.equal(labels('class K {/** @memprof */\nm() {} }'), ['K.m']);
  assert.equal(labels('class K { @dec /** @memprof */\n m() {} n() {} }'), ['K.m']);
  assert.equal(labels('class K { @dec() /** @memprof */ public async m() {} }'), ['K.m']);
  assert.equal(labels('class K { public /** @memprof */ static m() {} }'), ['K.m']);
  assert.equal(labels('class K { /** @memprof */ *m() {} }'), ['K.m']);
  assert.equal(labels('class K { static /** @memprof */ m = () => 1 }'), ['K.m']);
  assert.equal(labels('class K { static /** @memprof */ async *#m() {} }'), ['K.#m']);
  assert.equal(labels('class K { get /** @memprof */ x() { return 1 } }'), ['K.get x']);
  assert.equal(labels('class K { /** @memprof */ constructor() {} }'), ['K.constructor']);
  assert.equal(labels('/** @memprof */ @dec class K { m() {} }'), ['K.m']);
  assert.equal(labels('@dec /** @memprof */\nexport class K { m() {} }'), ['K.m']);
  assert.equal(labels('#!/usr/bin/env node\n/** @memprof */ function a() {}'), ['a']);
  assert.equal(labels('foo(/** @memprof */ () => 1)'), ['(anonymous)']);
  assert.equal(labels('/** @memprof */ (() => 1)()'), ['(anonymous)']);
  assert.equal(labels('function mk() { /** @memprof */ return () => 1 }'), ['mk.(anonymous)']);
});

test('places: what a reader takes for one thing with the function', () => {
  assert.equal(labels('/** @memprof */ const a = () => 1'), ['a']);
  assert.equal(labels('/** @memprof */ export let a = function () {}'), ['a']);
  assert.equal(labels('const /** @memprof */ a = () => 1'), ['a']);
  assert.equal(labels('const a: X = /** @memprof */ () => 1'), ['a']);
  assert.equal(labels('const a = (/** @memprof */ () => 1) as X'), ['a']);
  assert.equal(labels('/** @memprof */ const a = ((() => 1)!) satisfies X'), ['a']);
  assert.equal(labels('/** @memprof */ const a = <X>(() => 1)'), ['a']);
  assert.equal(labels('/** @memprof */ a = b = () => 1'), ['b']);
  assert.equal(labels('/** @memprof */ a.b ??= () => 1'), ['a.b']);
  assert.equal(labels('const o = { /** @memprof */ p: () => 1, q: () => 2 }'), ['o.p']);
  assert.equal(labels('const o = { p: 1, /** @memprof */\n q() {} }'), ['o.q']);
  assert.equal(labels('/** @memprof */ let k = (n) => n, kk = 0, m = function () {}'), ['k', 'm']);
  assert.equal(labels('const { /** @memprof */ late = () => 1 } = {}'), ['late']);
});

test('a tag reaches no further than its thing', () => {
  assert.equal(labels('/** @memprof */ const a = () => () => 1'), ['a']);
  assert.equal(labels('/** @memprof */ function a() { function b() {} return () => 1 }'), ['a']);
  assert.equal(labels('/** @memprof */\nfunction a() {}\nfunction b() {}'), ['a']);
});

test('a comment at the end of a line belongs to that line', () => {
  assert.equal(labels('function a() {} /** @memprof */\nfunction b() {}'), []);
  assert.equal(labels('class K { a() {} /** @memprof */\n b() {} }'), []);
  assert.equal(labels('const n = 1 /** @memprof */ // so\nfunction b() {}'), []);
  assert.equal(labels('function a() {} /** @memprof */ function b() {}'), ['b']);
  assert.equal(labels('const n = 1; /** @memprof */\nfunction b() {}'), ['b']);
  assert.equal(labels('/* x */ /** @memprof */\nfunction b() {}'), ['b']);
  assert.equal(labels('class K { /* x */ /** @memprof */\n b() {} }'), ['K.b']);
});

test('of several blocks the nearest with a tag wins', () => {
  assert.equal(labels('/** @memprof 1MB */\n/** @memprof 2MB */\nfunction f() {}'), ['f=2000000']);
  assert.equal(labels('/** @memprof 1MB */\n/** more words */\n// and\nfunction f() {}'), ['f=1000000']);
  assert.equal(labels('/** @memprof */ let /** @memprof off */ a = () => 1, b = () => 2'), ['b']);
});

test('a class hands its tag to each member, and a member may differ', () => {
  const text = `/** @memprof 5MB */ class K {
    constructor() {}
    m() { function inner() {} }
    get x() { return 1 }
    set x(v) {}
    f = () => 1;
    static #g = async function () {};
    list = [() => 1];
    n = 1;
    static {}
    /** @memprof off */ hot() {}
    /** @memprof 1MB */ big() {}
    /** @memprof */ plain() {}
  }`;
  assert.equal(labels(text), [
    'K.constructor=5000000',
    'K.m=5000000',
    'K.get x=5000000',
    'K.set x=5000000',
    'K.f=5000000',
    'K.#g=5000000',
    'K.big=1000000',
    'K.plain',
  ]);
  assert.equal(labels('/** @memprof */ const K = class { m() {} }; class L { m() {} }'), ['K.m']);
  assert.equal(
    labels('/** @memprof off */ class K { m() {} /** @memprof */ n() {} }', { functions: 'all' }),
    ['K.n'],
  );
  assert.equal(labels('/** @memprof */ export default class { m() {} }'), ['default.m']);
  assert.equal(labels('class K { n = 1; /** @memprof */ static L = class { m() {} } }'), ['K.L.m']);
});

test('a tag on any overload selects the implementation, once', () => {
  const over = 'function f(a: 1): void;\n';
  assert.equal(labels(`/** @memprof */ ${over}function f(a: any) {}`), ['f']);
  assert.equal(
    labels(`/** @memprof */ ${over}/** @memprof */ ${over}/** @memprof */ function f(a: any) {}`),
    ['f'],
  );
  assert.equal(labels(`/** @memprof 1MB */ ${over}/** @memprof 2MB */ ${over}function f(a: any) {}`), [
    'f=2000000',
  ]);
  assert.equal(
    labels('/** @memprof */ export default function (a: 1): void; export default function (a: any) {}'),
    ['default'],
  );
  assert.equal(labels('class K { /** @memprof */ m(a: 1): void; static m() {} m(a: any) {} }'), []);
  assert.equal(pickAll('class K { /** @memprof */ m(a: 1): void; m(a: any) {} }').warnings, []);
  assert.equal(
    labels('/** @memprof */ function f() { return 1 } function f() { return 2 }'),
    ['f'],
    'two bodies',
  );
  assert.is(
    pickAll('/** @memprof */ function f() { return 1 } function f() {}', {}, '/app/a.js').labels.length,
    1,
  );
});

test('a tag on what has no body warns once, at its place', () => {
  const warns = (text: string) => pickAll(text).warnings;
  assert.equal(warns('\n/** @memprof */\ninterface I { x(): void }'), ['3:MEMPROF_W_TAG_TARGET interface I']);
  assert.equal(warns('/** @memprof */ declare function f(): void;'), [
    '1:MEMPROF_W_TAG_TARGET declare function f',
  ]);
  assert.equal(warns('/** @memprof */ const o = { a() {} }'), ['1:MEMPROF_W_TAG_TARGET const o']);
  assert.equal(warns('/** @memprof */ class K { n = 1 }'), [
    '1:MEMPROF_W_TAG_TARGET class K without functions',
  ]);
  assert.equal(warns('/** @memprof */ import x from "x"'), ['1:MEMPROF_W_TAG_TARGET an import']);
  assert.equal(warns('function f() {\n/** @memprof */\n}').length, 1);
  assert.equal(warns('const a = 1;\n/** @memprof */').length, 1);
  assert.equal(warns('/** @memprof */ app.get("/", () => 1)').length, 1);
  assert.equal(warns('/** @memprof */ const h = wrap(() => 1)').length, 1);
});

test('a look-alike in a string warns about nothing', () => {
  for (const text of [
    'const s = "/** @memprof */"',
    'const s = `/** @memprof */ ${1} /** @memprof */ ${2} /** @memprof */`',
    'const s = "src/**"; const t = "@memprof */"',
    '// /** @memprof */',
    '/* @memprof */ function f() {}',
  ]) {
    assert.equal(pickAll(text), { labels: [], warnings: [] }, text);
  }
  const jsx = pickAll('const s = <p>/** @memprof */ </p>', {}, '/app/src/a.tsx');
  assert.equal(jsx, { labels: [], warnings: [] });
});

test.run();
