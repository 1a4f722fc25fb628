// How rules are written: what is taken, what is refused and by which words, whatever comes.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../contract/duration';
import { MemprofError } from '../../contract/errors';
import { alertsFrom, alertsOf } from '../../runtime/alerts/options';
import { DEFAULT_RULES, type Fault, RULE_FORMS, rulesFrom } from '../../runtime/alerts/rules';
import { configure, settings } from '../../runtime/config';

test('rules: shares, sizes, slopes by the minute, events, times of their own', () => {
  assert.equal(rulesFrom('heap>85%, rss>90%, slope>1MB/min, unowned>50%, spike, leak'), [
    { rule: 'heap', threshold: 0.85, unit: 'share' },
    { rule: 'rss', threshold: 0.9, unit: 'share' },
    { rule: 'slope', threshold: 1e6, unit: 'bytes/min' },
    { rule: 'unowned', threshold: 0.5, unit: 'share' },
    { rule: 'spike' },
    { rule: 'leak' },
  ]);
  assert.equal(rulesFrom([' RSS > 1.5 GiB ', 'heap>=400MB for 2min', 'slope>60KB/h', 'slope>1KB/s']), [
    { rule: 'rss', threshold: 1.5 * 2 ** 30, unit: 'bytes' },
    { rule: 'heap', threshold: 400e6, unit: 'bytes', hold: 120_000 },
    { rule: 'slope', threshold: 1000, unit: 'bytes/min' },
    { rule: 'slope', threshold: 60_000, unit: 'bytes/min' },
  ]);
  assert.equal(rulesFrom('spike,, spike ,'), [{ rule: 'spike' }]);
});

test('on stands for the default ones, off for none', () => {
  const named = (rules: unknown) => (rules as any[]).map(({ isDefault, ...rule }) => rule);
  for (const on of [true, 'on', ' YES ', '1']) assert.equal(named(rulesFrom(on)), rulesFrom(DEFAULT_RULES));
  for (const off of [false, 'off', '0', 'no', '']) assert.equal(rulesFrom(off), []);
});

test('a bad rule is named, alone, with the forms that there are', () => {
  const bad = [
    'heep>85%',
    'heap',
    'heap>100%',
    'heap>0%',
    'heap<5%',
    'heap>1MB/min',
    'unowned>5MB',
    'slope>5%',
    'slope>5MB',
    'slope>1MB/day',
    'spike>5MB',
    'heap>85% for ever',
    'heap>-5%',
    'on, off',
    'constructor>5%',
    'slope>1MB/constructor',
  ];
  for (const rule of bad) {
    const { value, allowed, key } = rulesFrom(`spike, ${rule}`) as Fault;
    assert.equal([key, value, allowed], ['alerts', rule.split(',')[0], RULE_FORMS], rule);
  }
});

test('times: milliseconds, and units', () => {
  const times: [unknown, number | undefined][] = [
    [5, 5],
    ['5', 5],
    ['250ms', 250],
    ['1.5 s', 1500],
    ['2 min', 120_000],
    ['1h', 3_600_000],
    [-1, undefined],
    [Number.NaN, undefined],
    ['5 days', undefined],
    ['soon', undefined],
    ['5 constructor', undefined],
    [{}, undefined],
  ];
  for (const [text, ms] of times) assert.is(parseDuration(text), ms, String(text));
});

test('whatever comes, the parser gives rules or a fault', () => {
  const word = fc.constantFrom(
    'heap',
    'rss',
    'slope',
    'unowned',
    'spike',
    'leak',
    '>',
    '>=',
    ' ',
    ',',
    '85%',
    '1MB',
    '/min',
    ' for ',
    '10s',
    'on',
    'off',
    '__proto__',
    '/',
    '1e999',
    '9'.repeat(400),
  );
  const near = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
  fc.assert(
    fc.property(fc.oneof(near, fc.string(), fc.anything()), (given) => {
      const rules = rulesFrom(given);
      if (!Array.isArray(rules)) return rules.key === 'alerts' && rules.allowed === RULE_FORMS;
      return rules.every(
        (rule) => !('threshold' in rule) || (rule.threshold > 0 && Number.isFinite(rule.threshold)),
      );
    }),
    { numRuns: 5000 },
  );
});

test('whatever comes, configure takes it or gives the documented error and changes nothing', () => {
  const key = fc.constantFrom('rules', 'hold', 'holdOff', 'webhook', 'exitCode', 'colour');
  const options = fc.dictionary(
    key,
    fc.oneof(fc.anything(), fc.constantFrom('on', '5s', 3, 'https://a.example/b')),
    { maxKeys: 3 },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), options), (alerts) => {
      const before = settings.alerts;
      try {
        configure({ alerts: alerts as any });
      } catch (error) {
        assert.instance(error, MemprofError);
        assert.is((error as MemprofError).code, 'MEMPROF_E_CONFIGURE');
        assert.is(settings.alerts, before);
      }
    }),
    { numRuns: 3000 },
  );
});

test('what is not named stays; off keeps where alerts go', () => {
  const set = (given: unknown, before?: any) => alertsFrom(given, before) as any;
  const first = set({ webhook: 'https://hooks.slack.com/services/T/B/X', hold: '3s' });
  assert.equal(first.webhook.shape, 'slack');
  assert.equal(
    [first.hold, first.holdOff, first.exitCode, first.rules.length],
    [3000, 300_000, undefined, 5],
  );
  const off = set(false, first);
  assert.equal([off.rules, off.webhook, off.hold], [[], first.webhook, 3000]);
  const other = set(
    { rules: 'spike', webhook: { url: 'http://127.0.0.1:9/x', shape: 'slack' }, exitCode: 3, holdOff: 0 },
    off,
  );
  assert.equal(
    [other.rules, other.webhook.shape, other.exitCode, other.holdOff, other.hold],
    [[{ rule: 'spike' }], 'slack', 3, 0, 3000],
  );
  assert.is(set({ webhook: false }, other).webhook, undefined);
});

test('the environment: a bad word is told by its variable, never the URL; where to alert asks for rules', () => {
  const told: Fault[] = [];
  const read = (env: Record<string, string>) => alertsOf(env, (fault) => told.push(fault));
  assert.is(read({ MEMPROF_WEBHOOK: 'https://a.example/secret' }).rules.length, 5);
  assert.is(read({ MEMPROF_ALERT_EXIT: '3' }).exitCode, 3);
  assert.is(read({ MEMPROF_ALERTS: 'spike', MEMPROF_ALERT_EXIT: 'off' }).exitCode, undefined);
  const one = read({ MEMPROF_ALERTS: 'spike', MEMPROF_ALERT_HOLD: '2s', MEMPROF_ALERT_HOLD_OFF: '1h' });
  assert.equal([one.rules, one.hold, one.holdOff], [[{ rule: 'spike' }], 2000, 3_600_000]);
  assert.is(told.length, 0);
  read({
    MEMPROF_ALERTS: 'spike, hepa>5%',
    MEMPROF_WEBHOOK: 'ftp://a.example/secret',
    MEMPROF_ALERT_EXIT: '300',
    MEMPROF_ALERT_HOLD: 'long',
  });
  assert.equal(
    told.map(({ key, value }) => [key, value]),
    [
      ['MEMPROF_ALERTS', 'hepa>5%'],
      ['MEMPROF_ALERT_HOLD', 'long'],
      ['MEMPROF_WEBHOOK', 'string'],
      ['MEMPROF_ALERT_EXIT', '300'],
    ],
  );
});

test.run();
