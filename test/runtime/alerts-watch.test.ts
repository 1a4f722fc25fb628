// When a rule is raised and when what it is about has recovered, by a clock that the test moves: hold, hold-off, hysteresis,
// and what each rule looks at.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rulesFrom } from '../../runtime/alerts/rules';
import { type Growth, type Suspected, signals } from '../../runtime/alerts/signals';
import { type Seen, Watch } from '../../runtime/alerts/watch';
import type { AlertRecord, SpikeRecord } from '../../runtime/events';

const LIMIT = 100e6;

/** A program of which the test says all that can be seen; `seconds` moves the clock and looks once in each. */
function program(rules: string, { hold = 10_000, holdOff = 300_000, ...more } = {}) {
  let now = 5000;
  const told: AlertRecord[] = [];
  const state = {
    heap: 0,
    rss: 0,
    allocated: 0,
    nobodys: 0,
    growth: undefined as Growth | undefined,
    suspects: [] as Suspected[],
  };
  const seen: Seen = {
    heapUsed: () => state.heap,
    heapLimit: LIMIT,
    rssUsed: () => state.rss,
    rssLimit: { bytes: 2 * LIMIT, by: 'cgroup' },
    growth: () => state.growth,
    suspects: () => state.suspects,
    account: () => ({ allocated: state.allocated, nobodys: state.nobodys }),
    ...more,
  };
  const times = { now: () => now, wall: () => 1_700_000_000_000 + now };
  const watch = new Watch({ rules: rulesFrom(rules) as any, hold, holdOff }, seen, times, (record) =>
    told.push(record),
  );
  return {
    state,
    watch,
    told,
    seconds(count: number, each = () => {}) {
      for (let n = 0; n < count; n++) {
        now += 1000;
        each();
        watch.look();
      }
    },
    /** What was told since it was asked last: rule, state, the second. */
    news: () =>
      told.splice(0).map(({ rule, state, at }) => `${rule} ${state} ${(at - 1_700_000_005_000) / 1000}`),
  };
}

test('a level is raised when it has been passed for as long as is asked, without a pause', () => {
  const { state, seconds, news, told } = program('heap>85%');
  state.heap = 86e6;
  seconds(10);
  assert.equal(news(), []);
  // One look below: it begins anew.
  state.heap = 84e6;
  seconds(1);
  state.heap = 90e6;
  seconds(10);
  assert.equal(news(), []);
  seconds(1);
  assert.equal(told[0], {
    rule: 'heap',
    state: 'raised',
    at: 1_700_000_005_000 + 22_000,
    value: 0.9,
    threshold: 0.85,
    unit: 'share',
    message: "heap: V8's heap is 90.0 MB, 90% of V8's limit (100.0 MB), over 85% for 10 s",
  });
  told.length = 0;
  // It stays so: nothing new, however long.
  seconds(1000);
  assert.equal(news(), []);
});

test('it has recovered once it is clearly below, for as long again, and that is told once', () => {
  const { state, seconds, news, told } = program('heap>80%');
  state.heap = 90e6;
  seconds(11);
  assert.equal(news(), ['heap raised 11']);
  // Below, but not clearly.
  state.heap = 75e6;
  seconds(60);
  assert.equal(news(), []);
  state.heap = 70e6;
  seconds(10);
  // A look at what is not clearly below: it begins anew.
  state.heap = 73e6;
  seconds(1);
  state.heap = 71e6;
  seconds(10);
  assert.equal(news(), []);
  seconds(1);
  assert.is(
    told[0].message,
    "heap recovered: V8's heap is 71.0 MB, 71% of V8's limit (100.0 MB), clearly below 80% for 10 s",
  );
  assert.equal(news(), ['heap recovered 93']);
  seconds(500);
  assert.equal(news(), []);
});

test('the same rule is not raised again within its hold-off, but then, if it is still so', () => {
  const { state, seconds, news } = program('rss>50%, heap>50%', { hold: 0, holdOff: 60_000 });
  const both = (bytes: number) => {
    state.heap = bytes;
    state.rss = 2 * bytes;
  };
  both(60e6);
  seconds(1);
  both(10e6);
  seconds(1);
  assert.equal(news(), ['rss raised 1', 'heap raised 1', 'rss recovered 2', 'heap recovered 2']);
  both(60e6);
  seconds(58);
  assert.equal(news(), []);
  seconds(1);
  assert.equal(news(), ['rss raised 61', 'heap raised 61']);
});

test('a rule may have a hold of its own; two of one kind go by themselves', () => {
  const { state, seconds, news, told } = program('heap>50MB for 3s, heap>90MB for 0s');
  state.heap = 60e6;
  seconds(3);
  assert.equal(news(), []);
  seconds(1);
  assert.equal([told[0].unit, told[0].value, told[0].threshold], ['bytes', 60e6, 50e6]);
  news();
  state.heap = 95e6;
  seconds(1);
  assert.equal(news(), ['heap raised 5']);
  state.heap = 60e6;
  seconds(100);
  assert.equal(news(), ['heap recovered 6']);
});

test('slope: raised only where the growth is certain, and only while something is known', () => {
  const { state, seconds, news, told } = program('slope>1MB/min', { hold: 2000 });
  seconds(20);
  // It may be none.
  state.growth = { slope: 5e6, low: -1, high: 10e6, confidence: 0.99 };
  seconds(20);
  state.growth = { slope: 0.9e6, low: 0.5e6, high: 1.3e6, confidence: 0.99 };
  seconds(20);
  assert.equal(news(), []);
  state.growth = { slope: 2e6, low: 1.5e6, high: 2.5e6, confidence: 0.99 };
  seconds(3);
  assert.equal([told[0].value, told[0].threshold, told[0].unit], [2e6, 1e6, 'bytes/min']);
  assert.is(told[0].confidence, 0.99);
  assert.is(
    told[0].message,
    'slope: the live heap grows by ~2.0 MB a minute (~1.5 MB to ~2.5 MB), over 1.0 MB a minute for 2 s',
  );
  news();
  // Not known is not recovered.
  state.growth = undefined;
  seconds(50);
  assert.equal(news(), []);
  state.growth = { slope: 1e3, low: -1e3, high: 3e3, confidence: 0.99 };
  seconds(3);
  assert.equal(news(), ['slope recovered 116']);
});

test('leak: each suspect once, with its place, and again after the hold-off; one that comes last is told at the end', () => {
  const { state, seconds, news, watch, told } = program('leak', { holdOff: 100_000 });
  const suspect = (name: string): Suspected => ({
    name,
    file: 'src/a.ts',
    line: 7,
    bytes: 5e6,
    growth: 1e6,
    survivors: 12,
    confidence: 0.97,
    keptBy: name === 'cache' ? { name: 'set', file: 'src/c.ts', line: 3, column: -1 } : null,
  });
  seconds(3);
  state.suspects = [suspect('keep')];
  seconds(2);
  assert.equal(told[0].function, { name: 'keep', file: 'src/a.ts', line: 7 });
  assert.equal([told[0].confidence, told[0].keptBy], [0.97, undefined]);
  assert.is(
    told[0].message,
    'leak: keep is a suspect: ~5.0 MB of what it made stay, 12 survivors, ~1.0 MB a minute more  src/a.ts:7',
  );
  state.suspects = [suspect('keep'), suspect('cache')];
  seconds(1);
  assert.equal(told[1].keptBy, { name: 'set', file: 'src/c.ts', line: 3 });
  assert.match(told[1].message, / a minute more, kept by set {2}src\/a\.ts:7$/);
  assert.equal(news(), ['leak raised 4', 'leak raised 6']);
  seconds(97);
  assert.equal(news(), []);
  seconds(1);
  assert.equal(news(), ['leak raised 104']);
  state.suspects = [suspect('late')];
  watch.last();
  assert.equal(news(), ['leak raised 104']);
});

test('unowned: of what was allocated lately, and not in an idle program', () => {
  const { state, seconds, news, told } = program('unowned>50%');
  const allocate = (bytes: number, nobodys: number) => () => {
    state.allocated += bytes;
    state.nobodys += nobodys;
  };
  // All of it nobody's, but hardly any.
  seconds(300, allocate(1e6, 1e6));
  assert.equal(news(), []);
  // Much, and owned: what was before does not count for ever.
  seconds(120, allocate(100e6, 10e6));
  assert.equal(news(), []);
  seconds(120, allocate(100e6, 80e6));
  assert.is(told.length, 1);
  assert.ok(told[0].value > 0.5 && told[0].value <= 0.8, `${told[0].value}`);
  assert.match(
    told[0].message,
    /^unowned: ~\d\d(\.\d)?% of the 6\.0 GB that were allocated in the last minute is nobody's: no instrumented function owns it, over 50% for 10 s$/,
  );
  news();
  // The account begins anew.
  Object.assign(state, { allocated: 0, nobodys: 0 });
  seconds(300, allocate(1e6, 1e6));
  assert.equal(
    news().map((one) => one.split(' ')[1]),
    ['recovered'],
  );
});

test('spike: each function once within the hold-off, by what its call cost in all', () => {
  const { watch, seconds, news, told } = program('spike', { holdOff: 60_000 });
  const spike = (name: string, awaited = 0) =>
    watch.spike({
      name,
      file: 'src/b.ts',
      line: 3,
      total: 50e6,
      awaited,
      external: 1e6,
      threshold: 40e6,
    } as SpikeRecord);
  spike('load', 9e6);
  assert.equal(told[0].function, { name: 'load', file: 'src/b.ts', line: 3 });
  assert.equal([told[0].value, told[0].threshold, told[0].unit], [60e6, 40e6, 'bytes']);
  assert.is(told[0].message, 'spike: a call of load allocated ~60.0 MB, over 40.0 MB  src/b.ts:3');
  spike('load');
  spike('store');
  assert.equal(news(), ['spike raised 0', 'spike raised 0']);
  seconds(59);
  spike('load');
  assert.equal(news(), []);
  seconds(1);
  spike('load');
  assert.equal(news(), ['spike raised 60']);
});

test('a share of a limit that is not there is never raised, and said so where somebody asked for it', () => {
  const { watch, state, seconds, news } = program('rss>50%, rss>50MB', {
    rssLimit: undefined,
    hold: 0,
  } as any);
  assert.equal(
    watch.never().map(({ rule }) => rule),
    [{ rule: 'rss', threshold: 0.5, unit: 'share' }],
  );
  state.rss = 1e9;
  seconds(2);
  assert.equal(news(), ['rss raised 1']);
  assert.equal(program('on', { rssLimit: undefined } as any).watch.never(), []);
});

test('the table of signals is empty until somebody fills it', () => {
  assert.equal([signals.growth(), signals.suspects()], [undefined, []]);
});

test.run();
