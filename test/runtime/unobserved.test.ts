// What a program must not be able to tell: each of these is run plain and instrumented by both printers, with
// the real runtime on and off, in a process of its own.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instrument } from '../../transformer/instrument';
import { ACCOUNT } from '../support/emitted';
import { type RunOptions, resultOf, runCode } from '../support/node';

const WHOLE = { gap: 0, unsummed: 0, inFlight: 0, claimed: true };

/** The program, then `TELL`, which is not instrumented and may read the account. */
function ways(code: string, tell: string, options: RunOptions = {}) {
  const run = (text: string, env: Record<string, string> = {}) =>
    resultOf(
      runCode(`const memprof = require('memprof');\n${ACCOUNT}\n${text}\n${tell}`, { ...options, env }),
    );
  const both = (['text', 'ast'] as const).map((printer) => {
    const built = instrument(code, { fileName: 'program.cjs', functions: 'all', printer, sourceMap: false });
    assert.ok(built.functions.length > 0);
    return { printer, code: built.code };
  });
  return {
    plain: run(code),
    on: both.map(({ code }) => run(code)),
    off: both.map(({ code }) => run(code, { MEMPROF: 'off' })),
  };
}

test('recursion keeps 70 % of the plain depth, and an overflow leaves the account whole', () => {
  // The smallest frames there are: emitted code's own registers weigh most in them. docs/limits.md has figures.
  const least = (name: string) => (name.includes('nothing') ? 0.66 : 0.7);
  const kinds: Record<string, string> = {
    'function of nothing': 'let depth = 0; function down() { depth++; down(); }',
    'method of nothing':
      'let depth = 0; class K { down() { depth++; return this.down(); } } const k = new K(); const down = () => k.down();',
    function: 'let depth = 0; function down(n) { depth++; return down(n + 1) + 1; }',
    'function, as a statement': 'let depth = 0; function down(n) { depth++; down(n + 1); }',
    'two functions':
      'let depth = 0; function down(n) { depth++; return n < 0 ? true : down2(n + 1); } function down2(n) { depth++; return n < 0 ? false : down(n + 1); }',
    'with arguments and a result':
      'let depth = 0; function down(a, b, c) { depth++; const d = a + b; return down(b, c, d) + 1; }',
    method:
      'let depth = 0; class K { down(n) { depth++; return this.down(n + 1); } } const k = new K(); const down = () => k.down(0);',
    arrow: 'let depth = 0; const down = (n) => (depth++, down(n + 1));',
    async: 'let depth = 0; async function down() { depth++; await down(); }',
    'async, with a result':
      'let depth = 0; async function down(n) { depth++; return 1 + (await down(n + 1)); }',
    generator:
      'let depth = 0; function* down1() { depth++; yield* down1(); } const down = () => down1().next();',
    'with a try': 'let depth = 0; function down(n) { depth++; try { down(n + 1); } finally { depth += 0; } }',
  };
  // The first depth: what the compiler makes of the frames later differs from run to run.
  const tell = (rounds: number) => `
    (async () => {
      let most = 0; const errors = new Set();
      for (let i = 0; i < 30; i++) {
        depth = 0;
        try { await down(1, 2, 3); } catch (error) { errors.add(error.name); }
        most ||= depth;
      }
      // A generator whose own exit had no room counts as dropped: its record comes when it is collected.
      for (let i = 0; i < ${rounds}; i++) { gc(); await new Promise((r) => setImmediate(r)); }
      print({ most, errors: [...errors], ...law() });
    })();`;
  for (const [name, code] of Object.entries(kinds)) {
    const { plain, on, off } = ways(code, tell(name === 'generator' ? 20 : 0), { flags: ['--expose-gc'] });
    for (const { most, errors, ...rest } of on) {
      assert.equal(errors, ['RangeError'], name);
      assert.ok(most >= least(name) * plain.most, `${name}: ${most} of ${plain.most}`);
      assert.equal(rest, WHOLE, name);
      console.log(`recursion, ${name}: ${((100 * most) / plain.most).toFixed(0)} % of the plain depth`);
    }
    for (const { most, errors } of off) {
      assert.equal(errors, ['RangeError'], name);
      assert.ok(most >= least(name) * plain.most, `${name}, off: ${most} of ${plain.most}`);
    }
  }
});

test('a collection deep in the stack, where there is no room to ask what it took, takes no depth', () => {
  // The first collection of all: code that was never run before takes the most of the stack.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
  const code = (at: number) => `let depth = 0; let made;
    function down(n) { depth++; if (n === ${at}) { made = [n]; gc({ type: 'minor' }); } return down(n + 1) + 1; }`;
  const tell = `let name; try { down(0); } catch (error) { name = error.name; }
    const big = new Array(1e5).fill(1);
    print({ depth, name, calls: of('down')?.calls, ...law() });`;
  const most = ways(code(-1), tell, { flags }).on[0].depth;
  for (const less of [300, 150, 80, 20]) {
    const { on, off } = ways(code(most - less), tell, { flags });
    for (const { depth, name, calls, ...rest } of on) {
      assert.ok(depth > most - 15, `${less} below the deepest: ${depth} of ${most}`);
      assert.equal([name, calls, rest], ['RangeError', depth, WHOLE]);
    }
    for (const { depth } of off) assert.ok(depth >= most);
  }
});

test('events of rejections: the same ones, for the same reasons, in the same order', () => {
  const { plain, on, off } = ways(
    `const seen = []; const kept = [];
     process.on('unhandledRejection', (reason, promise) => seen.push('unhandled ' + reason + ' ' + kept.indexOf(promise)));
     process.on('rejectionHandled', (promise) => seen.push('handled ' + kept.indexOf(promise)));
     async function rejects(n) { if (n % 2) await null; throw n; }
     async function passes(n) { return rejects(n); }
     async function waits(n) { return await rejects(n); }
     async function swallows(n) { try { await rejects(n); } catch (e) { seen.push('caught ' + e); } }
     const later = async (n) => Promise.reject(n);
     async function* stream(n) { yield 1; throw n; }
     async function consumes(n) { for await (const x of stream(n)) seen.push('chunk ' + x); }
     function start() {
       let n = 0;
       for (const f of [rejects, passes, waits, swallows, later, consumes]) for (let i = 0; i < 4; i++) kept.push(f(n++));
       kept[0].catch(() => seen.push('late ' + 0));
     }
     start();
     setImmediate(function lateHandlers() { for (const n of [1, 5, 9, 17]) kept[n].catch((e) => seen.push('later ' + e)); });`,
    'setTimeout(() => print(seen), 30);',
  );
  assert.ok(plain.filter((one: string) => one.startsWith('unhandled')).length > 10);
  assert.ok(plain.some((one: string) => one.startsWith('handled')));
  for (const seen of [...on, ...off]) assert.equal(seen, plain);
});

test('a thenable is awaited once: its then is read once and called once', () => {
  const { plain, on, off } = ways(
    `const seen = [];
     const thenable = (name) => ({ get then() { seen.push('read ' + name); return (ok) => { seen.push('call ' + name); ok(name); }; } });
     async function awaits() { return [await thenable('a'), await thenable('b')]; }
     async function returns() { return thenable('c'); }
     const arrow = async () => thenable('d');
     async function* yields() { yield thenable('e'); return thenable('f'); }
     async function consumes() { for await (const x of [thenable('g')]) seen.push('got ' + x); for await (const x of yields()) seen.push('got ' + x); }
     class Own extends Promise { then(...args) { seen.push('own'); return super.then(...args); } static get [Symbol.species]() { seen.push('species'); return Promise; } }
     async function own() { await new Own((ok) => ok(1)); return new Own((ok) => ok(2)); }
     async function all() { seen.push(await awaits(), await returns(), await arrow()); await consumes(); seen.push(await own()); }`,
    'memprof.configure({ spike: 0, log: "off" }); all().then(() => print(seen));',
  );
  for (const seen of [...on, ...off]) assert.equal(seen, plain);
});

test('a generator that is returned or thrown into makes one record, whatever it does then', () => {
  const { on, plain } = ways(
    `const seen = [];
     function* one() { try { yield 1; yield 2; } finally { seen.push('cleaned'); } }
     function* stubborn() { for (let i = 0; i < 3; i++) { try { yield i; } finally { if (i === 0) continue; } } }
     async function* slow() { try { yield 1; } finally { await null; seen.push('slowly'); } }
     function* never() { yield 1; }`,
    `(async () => {
      one().return(); let it = one(); it.next(); seen.push(it.return(5)); seen.push(it.next());
      it = one(); it.next(); try { it.throw(7); } catch (e) { seen.push(e); }
      it = stubborn(); it.next(); seen.push(it.return(1), it.return(2)); 
      it = stubborn(); it.next(); try { seen.push(it.throw(8)); it.throw(9); } catch (e) { seen.push(e); }
      const s = slow(); await s.next(); seen.push(await s.return(3)); 
      never(); never().return(1); 
      const calls = Object.fromEntries(['one', 'stubborn', 'slow', 'never'].map((name) => [name, of(name)?.calls ?? 0]));
      print({ seen, calls, ...law() });
    })();`,
  );
  for (const { seen, calls, ...law } of on) {
    assert.equal(seen, plain.seen);
    // Those that never began have run nothing.
    assert.equal(calls, { one: 2, stubborn: 2, slow: 1, never: 0 });
    assert.equal(law, WHOLE);
  }
});

test('stack traces: each frame goes by the name that it had, a nameless function by none', () => {
  const { plain, on, off } = ways(
    `const names = []; const id = (x) => x;
     const note = () => { names.push(new Error().stack.split('\\n').slice(2, 5).map((f) => f.trim().replace(/\\(?(file:)?\\/.*/, ''))); return 1; };
     function returns() { return function () { return note(); }; }
     const arrow = () => () => note();
     function among(c) { return c ? [id(function () { note(); }), () => note()] : null; }
     class Box { constructor(f) { this.f = f; } }
     function made() { return new Box(function () { note(); }); }
     async function all() { return await Promise.all([1, 2].map((x) => note())); }
     async function before() { const f = id(function () { note(); }); id(function () { return 1; }, await null); id([function () { note(); }, await 1])[0](); f(); }
     async function assigned() { const got = await id(function () { note(); }); got(); let other; other = [await (async () => { note(); })()]; return other; }
     function* yields() { yield () => note(); } function* last() { return class { m() { note(); } }; }
     async function* streams() { for await (const f of [() => note()]) yield f; return () => note(); }
     async function heads() { for await (const { f = () => note() } of [{}]) f(); }
     async function start() {
       returns()(); arrow()(); among(1).forEach((f) => f()); made().f(); await all(); await before(); await assigned();
       const it = yields(); it.next().value(); new (last().next().value)().m();
       for await (const f of streams()) f(); await heads();
     }`,
    'start().then(() => print(names));',
  );
  assert.ok(plain.length >= 15);
  for (const names of [...on, ...off]) assert.equal(names, plain);
});

test('what functions are: kind, name, length, properties, prototype, promise identity', () => {
  const { plain, on, off } = ways(
    `const s = Symbol('s'); const p = Promise.resolve(1);
     function f(a, b = 1, ...c) {} async function g(a) {} function* h({ a }) {} async function* i() {}
     const j = () => p; const k = async (x) => x; const o = { m() {}, get x() { return 1; }, set x(v) {}, [s]() {}, ['a' + 1]: () => {}, async *n() {} };
     class C { static t() {} constructor(a, b) {} #q() {} r = () => {}; static { this.u = function () {}; } get y() { return 1; } }
     class D extends C {} function same() { return p; } const anonymous = (() => function () {})();`,
    `const all = { f, g, h, i, j, k, anonymous, m: o.m, s: o[s], a1: o.a1, n: o.n, t: C.t, C, D, r: new C().r, u: C.u,
       x: Object.getOwnPropertyDescriptor(o, 'x').get, x2: Object.getOwnPropertyDescriptor(o, 'x').set, y: Object.getOwnPropertyDescriptor(C.prototype, 'y').get };
     const tell = ([key, one]) => [key, Object.prototype.toString.call(one), one.name, one.length, Object.getPrototypeOf(one) === Function.prototype,
       Reflect.ownKeys(one).map(String), one.prototype && Reflect.ownKeys(one.prototype).map(String), Object.keys(one)];
     const constructs = Object.entries(all).map(([key, one]) => { try { Reflect.construct(Object, [], one); return key; } catch { return key + ' no'; } });
     print([Object.entries(all).map(tell), constructs, j() === p, same() === p, k(p) === p, o.x]);`,
  );
  for (const result of [...on, ...off]) assert.equal(result, plain);
});

test.run();
