// What functions are handed is watched as what they return is: who keeps it is named by the very objects, what is always there is left
// alone, the recorder has its arguments all the same, and a call does not pay for being looked at.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unexplainedOf } from '../../contract/explained';
import { trendOf } from '../../contract/trend';
import { readRecordings } from '../../profile/read';
import { suspectLines } from '../../profile/story';
import { collectAll } from '../../runtime/collections';
import { makerOf } from '../../runtime/leaks/alive';
import { Survey, type Survivors } from '../../runtime/leaks/survivors';
import { suspectsOf } from '../../runtime/leaks/suspects';
import { newTable, type Site } from '../../runtime/sites';
import { SPAN_WIDTH, type Span, WEIGHT } from '../../runtime/span';
import { HEADER } from '../cli/recordings';
import { EMITTED } from '../support/emitted';
import { ROOT, resultOf, runCode } from '../support/node';

const MB = 1e6;
function siteOf(name: string): Site {
  return newTable('src/app.ts', [[name, 7, 0, ['entry', 'more']]]).sites[0];
}

/** A call as emitted code makes one; `body` is handed its span, for calls inside of it. */
function call(
  survey: Survey,
  site: Site,
  args: unknown[],
  {
    parent = null,
    body,
    result,
  }: { parent?: Span | null; body?: (span: Span) => void; result?: unknown } = {},
): void {
  const n = new Float64Array(SPAN_WIDTH);
  n[WEIGHT] = 1;
  const span = { site, n, parent, takes: false, keeps: 0, stands: 1, taken: 0 } as unknown as Span;
  survey.arguments.begun(span);
  if (span.takes && span.keeps > 0)
    for (const [at, one] of args.entries()) survey.arguments.given(span, one, at);
  body?.(span);
  span.result = result;
  survey.ended(span);
}
// References that were looked at last as long as the job.
const nextJob = () => new Promise((resolve) => setImmediate(resolve));
async function collected(survey: Survey): Promise<void> {
  await nextJob();
  collectAll();
  survey.collected();
  await nextJob();
}
const entry = (id: number) => ({ id, rows: new Array(100).fill(id) });
/** 40 times as many calls, and collections meanwhile. */
async function over(survey: Survey, clock: { at: number }, some: (n: number) => void): Promise<void> {
  for (let n = 0; n < 40; n++) {
    clock.at += 25;
    some(n);
    if (n % 4 === 0) await collected(survey);
  }
  for (let n = 0; n < 4; n++) await collected(survey);
}
const namesOf = (sites: (Site | undefined)[]) => sites.map((one) => one?.name);

test('the innermost that is handed what lives on keeps it; who is handed other things, too, does not', async () => {
  const clock = { at: 0 };
  const survey = new Survey(0, () => clock.at);
  const [load, check, remember, log] = ['load', 'check', 'remember', 'log'].map(siteOf);
  const kept: unknown[] = [];
  await over(survey, clock, (n) => {
    for (let i = 0; i < 25; i++) {
      const one = entry(n);
      kept.push(one);
      call(survey, load, [], { result: one });
      call(survey, check, [one, i], {
        body: (parent) => {
          call(survey, remember, ['key', one], { parent });
          call(survey, log, [one], { parent });
        },
      });
      for (let other = 0; other < 4; other++) call(survey, log, [entry(n)]);
    }
  });
  const [made] = survey.survivors(clock.at, 0);
  assert.equal([made.maker.name, namesOf(made.keepers)], ['load', ['remember']]);
  const handed = survey.handed(clock.at, 0);
  assert.equal(
    handed.map(({ maker, madeBy, keepers, shape }) => [maker.name, madeBy?.name, namesOf(keepers), shape]),
    [['remember', 'load', ['remember'], '{id, rows}']],
  );
  const [{ survivors, growth, bytes, low, high }] = handed;
  assert.ok(survivors > 500 && survivors < 2000, `${survivors} of ${kept.length}`);
  assert.ok(low < growth && growth < high && bytes > 850 * 500 && bytes < 1100 * 2000, `${bytes}`);
});

test('what is always there, a pool, and what is let go accuse nobody whom they are handed to', async () => {
  const clock = { at: 0 };
  const survey = new Survey(0, () => clock.at);
  const [query, send, done, twice] = ['query', 'send', 'done', 'twice'].map(siteOf);
  const app = { app: 1 };
  const pool = Array.from({ length: 400 }, (_, id) => ({ id, buffer: new Array(100).fill(id) }));
  const sessions: object[] = [];
  await over(survey, clock, (n) => {
    for (let i = 0; i < 25; i++) {
      call(survey, query, [app, entry(n)]);
      call(survey, send, [pool[Math.floor(Math.random() * pool.length)], i]);
      call(survey, done, [i, 'text']);
      // They grow, but whoever only looks at them is not where they are kept.
      sessions.push({ n, i });
      for (let seen = 0; seen < 3; seen++) call(survey, twice, [sessions[sessions.length - 1 - 40 * seen]]);
    }
  });
  assert.equal(
    survey.handed(clock.at, 0).map(({ maker }) => maker.name),
    [],
  );
  assert.is(sessions.length, 1000);
});

test('few are held, weakly, of one function and of all; results have their half', async () => {
  const survey = new Survey();
  const sites = Array.from({ length: 100 }, (_, n) => siteOf(`f${n}`));
  let most = 0;
  for (let n = 0; n < 200_000; n++) {
    call(survey, sites[n % 100], [{ n }, { more: n }], { result: { n } });
    most = Math.max(most, survey.size);
    if (n % 1000 === 0) await nextJob();
  }
  assert.ok(most > 100 && most <= 8192, `${most}`);
  const alone = new Survey(0, () => 0);
  const kept: object[] = [];
  const one = siteOf('one');
  for (let n = 0; n < 100_000; n++) {
    const some = [{ n }, { n }];
    if (n % 10 === 0) kept.push(...some);
    call(alone, one, some, { result: { n } });
  }
  assert.ok(alone.size <= 256 && alone.size > 8, `${alone.size}`);
  await collected(survey);
  assert.is(survey.size, 0);
});

const grown = Array.from({ length: 30 }, (_, n) => ({ at: n * 2000, bytes: (50 + n) * MB }));
const trend = trendOf(grown, 4e9);
const EACH = MB / 2000;
const remember = siteOf('remember');
const store = siteOf('store');
const survivorsOf = (of: Partial<Survivors>): Survivors => ({
  maker: makerOf(remember),
  survivors: 900,
  bytes: 50 * MB,
  growth: EACH,
  low: 0.8 * EACH,
  high: 1.2 * EACH,
  count: 100,
  shape: '{id, rows}',
  outside: false,
  keepers: [remember],
  madeBy: undefined,
  ...of,
});
const known = (of: Partial<Parameters<typeof suspectsOf>[0]>) =>
  suspectsOf({
    trend,
    external: undefined,
    kept: [],
    survivors: [],
    handed: [],
    rates: [],
    unowned: 0,
    isWithin: () => false,
    ...of,
  });
/** What V8's profile says of a function: it makes `share` of all. */
function keptOf(maker: ReturnType<typeof makerOf>, share: number) {
  const alive = { maker, bytes: 50 * MB, count: 900, older: 0, caller: undefined, within: undefined };
  const series = Array.from({ length: 8 }, (_, n) => ({ at: n * 4000, bytes: share * n * 2 * MB }));
  return { maker, alive, series, survived: 0.5 };
}
const plain = { key: 'a', name: 'receive', file: 'a.js', line: 1, column: 4, site: undefined };

test('a suspect is told who is handed what it makes, in words and as a field', () => {
  const load = siteOf('load');
  const results = survivorsOf({ maker: makerOf(load), keepers: [remember], madeBy: load });
  for (const kept of [[], [keptOf(makerOf(load), 1)]]) {
    const suspects = known({ kept, survivors: [results], handed: [survivorsOf({ madeBy: load })] });
    assert.is(suspects.length, 1, JSON.stringify(suspects));
    const [{ name, keptBy, hint, confidence, explains }] = suspects;
    assert.equal([name, keptBy], ['load', { name: 'remember', file: 'src/app.ts', line: 7, column: -1 }]);
    assert.match(hint, /handed to remember \(src\/app\.ts:7\), whose arguments are not let go$/);
    assert.ok(confidence > 0.95 && confidence <= 1, `${confidence}`);
    assert.ok(Math.abs(explains - 1) < 0.01, `${explains}`);
  }
});

test('where nobody is known who makes it, who is handed it is the suspect; an even heap has none', () => {
  const [one, ...others] = known({ handed: [survivorsOf({})] });
  assert.equal([one.name, one.by, one.survivors, others], ['remember', 'arguments', 900, []]);
  assert.is(one.hint, 'its arguments are not let go');
  assert.is(one.keptBy?.name, 'remember');
  // Of two as likely any could be it, and one is told.
  const two = { keepers: [remember, store] };
  const [likely, ...rest] = known({
    handed: [survivorsOf(two), survivorsOf({ ...two, maker: makerOf(store) })],
  });
  assert.equal(rest, []);
  assert.is(likely.hint, 'its arguments are not let go; as likely store (src/app.ts:7)');
  assert.ok(Math.abs(likely.confidence - one.confidence / 2) < 0.001);
  assert.equal(
    known({
      trend: trendOf(
        grown.map(({ at }) => ({ at, bytes: 50 * MB })),
        4e9,
      ),
      handed: [survivorsOf({})],
    }),
    [],
  );
  // Too little of it.
  assert.equal(known({ handed: [survivorsOf({ growth: 0.4 * EACH })] }), []);
});

test('of a maker that is not instrumented no object tells: "perhaps", and no field', () => {
  const [one, ...others] = known({ kept: [keptOf(plain, 1)], handed: [survivorsOf({ growth: 0.8 * EACH })] });
  assert.equal([one.name, one.keptBy, others], ['receive', null, []]);
  assert.match(one.hint, /^perhaps handed to remember \(src\/app\.ts:7\), whose arguments are not let go/);
  const [alone] = known({ kept: [keptOf(plain, 1)] });
  assert.is(alone.hint, '');
});

test('confidence: less of few samples and of a small share; what is unexplained is said', () => {
  const of = (share: number, count: number) =>
    known({ survivors: [survivorsOf({ growth: share * EACH, count })] })[0].confidence;
  assert.ok(of(1, 9) < of(1, 100) && of(0.5, 9) < of(1, 9) && of(0.5, 9) > 0.5, `${of(1, 9)}`);
  const [half] = known({ kept: [keptOf(makerOf(store), 0.3)] });
  assert.ok(Math.abs(half.explains - 0.3) < 0.01);
  assert.is(
    unexplainedOf([half]),
    '~70 % of what grows on the heap is explained by none of these: code that is not instrumented makes it, or many functions a little each',
  );
  assert.is(unexplainedOf([{ ...half, explains: 0.6 }]), undefined);
  assert.is(unexplainedOf([]), undefined);
  // Estimates that come to more than all are shares of it.
  const two = known({ kept: [keptOf(makerOf(store), 1), keptOf(makerOf(remember), 0.9)] });
  assert.ok(Math.abs(two.reduce((sum, { explains }) => sum + explains, 0) - 1) < 1e-9);
  const falls = trendOf(
    grown.map(({ at }, n) => ({ at, bytes: -n })),
    0,
  );
  assert.ok((trend?.confidence ?? 0) > 0.999 && (falls?.confidence ?? 1) < 0.001);
});

const TAKING = `${EMITTED}
const $u = $mp.file('test/other.ts', [...'abcdefgh'].map((name, n) => [name, n + 1, 1, ['a', 'b'], [n]]));
const took = (n, a) => { const $s = $mp.enter($u, n); try { const is = $s.takes; $s.takes && ($s.given = a, $s.given = 7); return is ? 1 : 0; } finally { $s.exit(); } };
const waits = async (n, a) => { const $s = $mp.enter($u, n); try { $s.takes && ($s.given = a, $s.given = 7); $s.in = new Promise(() => {}); $s.suspend = 0; await $s.out; } finally { $s.exit(); } };
const leaks = (leaks) => memprof.configure({ leaks });
const { hooks } = require(${JSON.stringify(join(ROOT, 'dist/runtime/ledger.js'))});
`;

test('arguments are handed over while leaks are looked for, and no more once they are not', () => {
  const told = resultOf<number[]>(
    runCode(`${TAKING}
      const before = took(0, {});
      leaks('2s'); const on = took(1, {});
      leaks(false); took(1, {}); const off = took(1, {});
      leaks('2s'); const again = took(2, {}); print([before, on, off, again]);`),
  );
  assert.equal(told, [0, 1, 0, 1]);
});

test('the recorder has the shapes of arguments beside it: on and off, whichever came first', () => {
  const shapes = ['Object', 'number'];
  for (const [order, waiting] of [
    [
      `record(); waits(0, {}); leaks('2s'); waits(1, {}); leaks(false); waits(2, {}); leaks('2s'); waits(3, {});`,
      4,
    ],
    [
      `leaks('2s'); took(7, {}); record(); waits(0, {}); leaks(false); waits(1, {}); leaks('2s'); waits(2, {});`,
      3,
    ],
    [
      `leaks('2s'); took(7, {}); leaks(false); took(7, {}); record(); waits(0, {}); leaks('2s'); waits(1, {});`,
      2,
    ],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'memprof-arguments-'));
    const run =
      runCode(`${TAKING} const record = () => memprof.configure({ record: ${JSON.stringify(folder)} });
      ${order} let looked = 0; const { given } = hooks; hooks.given = (...all) => { looked++; given(...all); };
      // The first call of a function is always looked at.
      took(6, {}); process.on('SIGTERM', () => { print(looked); process.exit(); });
      process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6);`);
    assert.is(run.stdout, '2\n', `${order} ${run.stderr}`);
    const lines = readFileSync(join(folder, readdirSync(folder)[0]), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [, , , calls] = lines.slice(1).find(([kind, , why]) => kind === 'flight' && why === 'SIGTERM');
    assert.equal(
      calls.map((one: unknown[]) => one[8]),
      Array.from({ length: waiting }, () => shapes),
      order,
    );
    rmSync(folder, { recursive: true });
  }
});

test('being looked at is not billed to the call, and the sums hold', () => {
  // The first call of a function is always looked at: of as many functions, each once, after others have warmed it all up.
  for (let run = 0; run < 4; run++) {
    const { looked, each, gap, unsummed } = resultOf<{
      looked: number;
      each: number[];
      gap: number;
      unsummed: number;
    }>(
      runCode(
        `${TAKING} const MANY = 2000;
      const $m = $mp.file('test/many.ts', Array.from({ length: MANY }, (_, n) => ['many' + n, n + 1, 1, ['a', 'b'], [n]]));
      const first = (n, a) => { const $s = $mp.enter($m, n); try { const is = $s.takes; $s.takes && ($s.given = a, $s.given = 7); return is ? 1 : 0; } finally { $s.exit(); } };
      const objects = Array.from({ length: MANY }, (_, n) => (n % 2 ? n : { n }));
      leaks('2s');
      for (let n = 0; n < MANY; n++) first(n, objects[n]);
      // Forgotten, so that each is a first one again.
      memprof.reset(); leaks(false); leaks('2s');
      let looked = 0;
      for (let n = 0; n < MANY; n++) looked += first(n, objects[n]);
      const each = memprof.stats().functions.filter(({ name }) => name.startsWith('many')).map(({ self }) => self);
      print({ looked, each, ...law() });`,
        { env: { MEMPROF_BUDGET: '100%' } },
      ),
    );
    assert.equal([gap, unsummed, looked, each.length], [0, 0, 2000, 2000]);
    // The compiler allocates where it finishes a piece of work, in whoever's call: not in many of them.
    const billed = each.filter((bytes) => bytes > 200).length;
    assert.ok(
      billed < 100,
      `${billed} of 2000 empty calls are billed more than 200 bytes: a look takes 240 at least`,
    );
  }
});

test('a recording: who keeps it and how certain it is are told, what is unexplained too; lines of before are read as they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-arguments-'));
  const row = ['load', 'src/a.ts', 3, 4e6, 3e6, 5e6, 9e6, 40, 'survivors', '{id}', 'handed to keep'];
  const lines = (one: unknown[]) =>
    [HEADER, ['suspects', 9000, [one]]].map((line) => `${JSON.stringify(line)}\n`).join('');
  const told = (one: unknown[]) => {
    writeFileSync(join(folder, `memprof-${HEADER.start}-${HEADER.pid}-0.jsonl`), lines(one));
    const [recording] = readRecordings([folder]);
    return { all: recording.suspects?.all, lines: suspectLines(recording).slice(1) };
  };
  const now = told([...row, 0.984, 0.4, ['keep', 'src/b.ts', 7]]);
  assert.equal(now.all?.[0].keptBy, { name: 'keep', file: 'src/b.ts', line: 7 });
  assert.equal(now.lines, [
    '  ~4.0 MB a minute (3.0 MB to 5.0 MB, ~40 % of what grows, confidence 0.98)  load  src/a.ts:3  ~9.0 MB alive',
    '    ~40 results live on: {id}; handed to keep',
    '  ~60 % of what grows on the heap is explained by none of these: code that is not instrumented makes it, or many functions a little each',
  ]);
  const before = told(row);
  assert.equal(
    before.all?.map(({ confidence, explains, keptBy }) => [confidence, explains, keptBy]),
    [[null, null, null]],
  );
  assert.equal(before.lines, [
    '  ~4.0 MB a minute (3.0 MB to 5.0 MB)  load  src/a.ts:3  ~9.0 MB alive',
    '    ~40 results live on: {id}; handed to keep',
  ]);
  rmSync(folder, { recursive: true });
});

test.run();
