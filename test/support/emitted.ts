// Emitted code, written by hand: what the runtime's tests call, without a compiler between. The text of
// a program's beginning; each function below stands for one kind.

/** What a program may ask of its account, and how it answers a test. */
export const ACCOUNT = `const of = (name) => memprof.stats().functions.find((f) => f.name === name);
const law = () => { const s = memprof.stats(); return { gap: s.allocated - s.owned - s.unowned - s.overhead, unsummed: s.owned - s.functions.reduce((sum, f) => sum + f.self, 0), inFlight: s.inFlight, claimed: s.awaited <= s.unowned }; };
const print = (value) => console.log(JSON.stringify(value));
`;

export const EMITTED = `
const $mp = require('memprof/runtime');
const memprof = require('memprof');
const $t = $mp.file('test/program.ts', [
  ['empty', 1, 0], ['fill', 2, 0, ['n']], ['wait', 3, 1, [], [3]], ['count', 4, 2, ['n'], [4]],
  ['load', 5, 1, ['id', 'code'], [51, 52]], ['hand', 6, 1, ['p']], ['fail', 7, 0, []], ['nested', 8, 0, ['n', 'depth']],
  ['buffers', 9, 0, ['n']], ['tight', 10, 0, ['n'], [], 1000],
]);
function empty() { const $s = $mp.enter($t, 0); try { $s.result = void 0; } finally { if ($s.exit()) { $s.explain(); } } }
function fill(n) { const $s = $mp.enter($t, 1); try { $s.takes && ($s.given = n); return $s.result = new Array(n).fill(1); } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
async function wait(p) { const $s = $mp.enter($t, 2); try { $s.in = p; $s.suspend = 0; $s.in = await $s.out; $s.resume = 0; return $s.result = $s.out; } finally { if ($s.exit()) { $s.explain(); } } }
function* count(n) { const $s = $mp.enter($t, 3); try { $s.takes && ($s.given = n); for (let i = 0; i < n; i++) { new Array(1000).fill(i); $s.in = i; $s.yields = 0; $s.in = yield $s.out; $s.resume = 0; $s.out; } $s.result = void 0; } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
async function load(id, code, make) { const $s = $mp.enter($t, 4); try { $s.takes && ($s.given = id, $s.given = code); $s.in = make(); $s.suspend = 0; $s.in = await $s.out; $s.resume = 0; const rows = $s.out; return $s.result = rows; } finally { if ($s.exit()) { $s.arg = id; $s.arg = code; $s.explain(); } } }
async function hand(p) { const $s = $mp.enter($t, 5); try { $s.takes && ($s.given = p); return $s.result = p; } finally { if ($s.exit()) { $s.arg = p; $s.explain(); } } }
function fail() { const $s = $mp.enter($t, 6); try { throw new Error('no'); } finally { if ($s.exit()) { $s.explain(); } } }
function nested(n, depth) { const $s = $mp.enter($t, 7); try { $s.takes && ($s.given = n, $s.given = depth); new Array(n).fill(1); if (depth > 0) nested(n, depth - 1); $s.result = void 0; } finally { if ($s.exit()) { $s.arg = n; $s.arg = depth; $s.explain(); } } }
function buffers(n) { const $s = $mp.enter($t, 8); try { $s.takes && ($s.given = n); return $s.result = Buffer.alloc(n, 1); } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
function tight(n) { const $s = $mp.enter($t, 9); try { $s.takes && ($s.given = n); return $s.result = new Array(n).fill(1); } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
${ACCOUNT}`;
