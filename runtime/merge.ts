// The accounts of several isolates (worker threads, processes of a cluster) as one. Serves whoever collected them.
// Must take what came by a message or as JSON, change none of it, and know nothing of this isolate's own account.
// noop/merge.mts does the same where there is no Node, and a test holds the two together.

import { MemprofError } from '../contract/errors';
import type { Trend } from '../contract/trend';
import { mergedLeaks } from './leaks/merge';
import { MOST, type UnownedStack } from './stacks';
import { addTo, costliestFirst, type FunctionStats, KINDS, type Stats } from './stats';

const NUMBERS = [
  'allocated',
  'owned',
  'awaited',
  'unowned',
  'overhead',
  'external',
  'ownTime',
  'elapsed',
  'inFlight',
] as const;
const TEXTS = ['name', 'file'] as const;
const FIGURES = [
  'line',
  'calls',
  'measured',
  'errors',
  'self',
  'total',
  'awaited',
  'external',
  'max',
  'time',
  'maxTime',
  'selfError',
  'totalError',
  'awaitedError',
] as const;

const TREND = 'slope low high confidence from to points live'.split(' ') as (keyof Trend)[];
const SUSPECT = ['line', 'survivors', 'bytes', 'growth', 'low', 'high', 'confidence', 'explains'] as const;

const AN_ACCOUNT = 'accounts as stats() gives them, one an argument: merge(...list)';

/**
 * The account of several isolates, by function: sums are added, `max`, `maxTime` and `elapsed` are the greatest, a
 * standard error is the root of the sum of the squares. `leaks` likewise, by function (leaks/merge.ts), where one of them
 * has looked for them. `allocated = owned + unowned + overhead` holds in it as in each.
 * @throws {MemprofError} MEMPROF_E_MERGE for an argument that is no account.
 */
export function merge(...accounts: Stats[]): Stats {
  accounts.forEach(check);
  const all = { functions: [], unownedBy: [] } as unknown as Stats;
  for (const key of NUMBERS) {
    all[key] = 0;
    for (const one of accounts)
      all[key] = key === 'elapsed' ? Math.max(all[key], one[key]) : all[key] + one[key];
  }
  const functions = new Map<string, FunctionStats>();
  // A copy: the first of a function is what the others are added to.
  for (const one of accounts) for (const each of one.functions) addTo(functions, { ...each });
  all.functions = costliestFirst(functions);
  all.unownedBy = stacksOf(accounts, all.unowned);
  const leaks = mergedLeaks(accounts);
  if (leaks) all.leaks = leaks;
  return all;
}

function stacksOf(accounts: Stats[], unowned: number): UnownedStack[] {
  const sums = new Map<string, UnownedStack>();
  // From the costliest on: a place shows the costliest of its stacks.
  const each = accounts.flatMap(({ unownedBy }) => unownedBy).sort((a, b) => b.bytes - a.bytes);
  for (const one of each) {
    const key = `${one.file}\0${one.line}\0${one.name}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...one, stack: [...one.stack] });
    else sum.bytes += one.bytes;
  }
  const stacks = [...sums.values()].sort((a, b) => b.bytes - a.bytes).slice(0, MOST);
  for (const one of stacks) one.share = unowned > 0 ? one.bytes / unowned : 0;
  return stacks;
}

function check(account: unknown, index: number): void {
  const at = `argument ${index + 1}`;
  const fields = record(account, at, AN_ACCOUNT);
  for (const key of NUMBERS) number(fields[key], `${at}, ${key}`);
  list(fields.functions, `${at}, functions`, "a function's figures", FIGURES, ({ kind }, path) => {
    if (!(KINDS as readonly unknown[]).includes(kind)) fail(`${path}.kind`, kind, KINDS.join(', '));
  });
  list(
    fields.unownedBy,
    `${at}, unownedBy`,
    'code that allocated',
    ['line', 'bytes', 'share'],
    (one, path) => {
      if (!Array.isArray(one.stack)) fail(`${path}.stack`, one.stack, 'a list');
    },
  );
  if (fields.leaks !== undefined) checkLeaks(fields.leaks, `${at}, leaks`);
}

function checkLeaks(value: unknown, at: string): void {
  const fields = record(value, at, 'leaks as stats() gives them');
  for (const key of ['trend', 'external'] as const) {
    if (fields[key] === undefined) continue;
    const trend = record(fields[key], `${at}.${key}`, 'a trend');
    for (const figure of TREND) number(trend[figure], `${at}.${key}.${figure}`);
  }
  list(fields.suspects, `${at}.suspects`, 'a suspect', SUSPECT, () => {});
}

// Of places in code, with these figures each.
function list(
  value: unknown,
  key: string,
  what: string,
  figures: readonly string[],
  also: (one: Record<string, unknown>, path: string) => void,
): void {
  if (!Array.isArray(value)) fail(key, value, 'a list');
  value.forEach((one: unknown, n: number) => {
    const path = `${key}[${n}]`;
    const fields = record(one, path, what);
    for (const key of TEXTS)
      if (typeof fields[key] !== 'string') fail(`${path}.${key}`, fields[key], 'a string');
    for (const key of figures) number(fields[key], `${path}.${key}`);
    also(fields, path);
  });
}

function record(value: unknown, key: string, allowed: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(key, value, allowed);
  return value as Record<string, unknown>;
}

function number(value: unknown, key: string): void {
  if (!Number.isFinite(value)) fail(key, value, 'a finite number');
}

function fail(key: string, value: unknown, allowed: string): never {
  throw new MemprofError('MEMPROF_E_MERGE', { key, value, allowed });
}
