// `merge` where there is no Node: a page that shows the accounts of a server's workers sums them up, too. What
// ../merge.ts does, which an ES module of a browser's cannot load; a test holds the two together. Must import nothing.

import type { Trend } from '../../contract/trend.js';
import type { Leaks, Suspect } from '../leaks/suspect.js';
import type { UnownedStack } from '../stacks.js';
import type { FunctionStats, Stats } from '../stats.js';

const SUMS = [
  'allocated',
  'owned',
  'awaited',
  'unowned',
  'overhead',
  'external',
  'ownTime',
  'inFlight',
] as const;
const ADDED = ['calls', 'measured', 'errors', 'self', 'total', 'awaited', 'external', 'time'] as const;
const GREATEST = ['max', 'maxTime'] as const;
const DOUBTS = ['selfError', 'totalError', 'awaitedError'] as const;
const TREND = 'slope low high confidence from to points live'.split(' ') as (keyof Trend)[];
const SUSPECT = ['line', 'survivors', 'bytes', 'growth', 'low', 'high', 'confidence', 'explains'] as const;
const KINDS: unknown[] = ['sync', 'async', 'generator', 'async generator'];

export const merge = (...accounts: Stats[]): Stats => {
  const all: Stats = {
    allocated: 0,
    owned: 0,
    awaited: 0,
    unowned: 0,
    overhead: 0,
    external: 0,
    ownTime: 0,
    elapsed: 0,
    inFlight: 0,
    functions: [],
    unownedBy: [],
  };
  const functions = new Map<string, FunctionStats>();
  accounts.forEach((account, index) => {
    check(account, `argument ${index + 1}`);
    for (const key of SUMS) all[key] += account[key];
    all.elapsed = Math.max(all.elapsed, account.elapsed);
    for (const one of account.functions) {
      const key = JSON.stringify([one.file, one.line, one.name]);
      const sum = functions.get(key);
      if (sum === undefined) {
        functions.set(key, { ...one });
        continue;
      }
      for (const key of ADDED) sum[key] += one[key];
      for (const key of GREATEST) sum[key] = Math.max(sum[key], one[key]);
      for (const key of DOUBTS) sum[key] = Math.hypot(sum[key], one[key]);
    }
  });
  all.functions = [...functions.values()].sort((a, b) => b.total + b.awaited - (a.total + a.awaited));
  all.unownedBy = stacksOf(accounts, all.unowned);
  const leaks = leaksOf(accounts.flatMap(({ leaks }) => (leaks ? [leaks] : [])));
  if (leaks) all.leaks = leaks;
  return all;
};

function stacksOf(accounts: Stats[], unowned: number): UnownedStack[] {
  const sums = new Map<string, UnownedStack>();
  const byBytes = (a: UnownedStack, b: UnownedStack) => b.bytes - a.bytes;
  for (const one of accounts.flatMap(({ unownedBy }) => unownedBy).sort(byBytes)) {
    const key = JSON.stringify([one.file, one.line, one.name]);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...one, stack: [...one.stack] });
    else sum.bytes += one.bytes;
  }
  const stacks = [...sums.values()].sort(byBytes).slice(0, 10);
  for (const one of stacks) one.share = unowned > 0 ? one.bytes / unowned : 0;
  return stacks;
}

function leaksOf(all: Leaks[]): Leaks | undefined {
  if (all.length === 0) return undefined;
  const trend = trendOf(all.map((one) => one.trend));
  const external = trendOf(all.map((one) => one.external));
  const suspects = suspectsOf(all);
  const unexplained = unexplainedOf(suspects);
  return {
    ...(trend && { trend }),
    ...(external && { external }),
    suspects,
    ...(unexplained !== undefined && { unexplained }),
  } as Leaks;
}

function suspectsOf(all: Leaks[]): Suspect[] {
  const found = new Map<string, Suspect>();
  // From the one that grows most on: it says by what it is known, and how.
  const each = all.flatMap((leaks) =>
    leaks.suspects.map((one) => ({ one, part: one.explains * slopeIn(leaks, one) })),
  );
  for (const { one, part } of each.sort((a, b) => b.one.growth - a.one.growth)) {
    const key = JSON.stringify([one.file, one.line, one.name]);
    const sum = found.get(key);
    if (sum === undefined) {
      found.set(key, { ...one, explains: part });
      continue;
    }
    const growth = sum.growth + one.growth;
    sum.low = Math.max(0, growth - Math.hypot(sum.growth - sum.low, one.growth - one.low));
    sum.high = growth + Math.hypot(sum.high - sum.growth, one.high - one.growth);
    sum.growth = growth;
    sum.survivors += one.survivors;
    sum.bytes += one.bytes;
    sum.confidence = Math.max(sum.confidence, one.confidence);
    sum.explains += part;
    sum.keptBy ??= one.keptBy;
  }
  const suspects = [...found.values()].sort((a, b) => b.growth - a.growth);
  for (const isOutside of [false, true]) {
    const some = suspects.filter(({ by }) => (by === 'external') === isOutside);
    const grown = all.reduce((sum, leaks) => sum + Math.max(0, trendIn(leaks, isOutside)?.slope ?? 0), 0);
    const told = some.reduce((sum, { explains }) => sum + explains, 0);
    const whole = Math.max(grown, told);
    for (const one of some) one.explains = whole > 0 ? one.explains / whole : 0;
  }
  return suspects;
}

function trendIn({ trend, external }: Leaks, isOutside: boolean): Trend | undefined {
  return isOutside ? external : trend;
}

function slopeIn(leaks: Leaks, { by }: Suspect): number {
  return Math.max(0, trendIn(leaks, by === 'external')?.slope ?? 0);
}

function trendOf(trends: (Trend | undefined)[]): Trend | undefined {
  let sum: Trend | undefined;
  for (const one of trends) {
    if (!one) continue;
    if (sum === undefined) {
      sum = { ...one };
      continue;
    }
    const slope = sum.slope + one.slope;
    sum.low = slope - Math.hypot(sum.slope - sum.low, one.slope - one.low);
    sum.high = slope + Math.hypot(sum.high - sum.slope, one.high - one.slope);
    sum.slope = slope;
    sum.confidence = Math.max(sum.confidence, one.confidence);
    sum.from = Math.min(sum.from, one.from);
    sum.to = Math.max(sum.to, one.to);
    sum.points += one.points;
    sum.live += one.live;
    if (one.left !== undefined) sum.left = Math.min(sum.left ?? one.left, one.left);
    sum.grows ||= one.grows;
  }
  // As it is once it came by JSON: without what is not there.
  if (sum && sum.left === undefined) delete (sum as Partial<Trend>).left;
  return sum;
}

function unexplainedOf(suspects: Suspect[]): string | undefined {
  const told: string[] = [];
  for (const [isOutside, of] of [
    [false, 'what grows on the heap'],
    [true, 'what grows outside the heap'],
  ] as const) {
    const some = suspects.filter(({ by }) => (by === 'external') === isOutside);
    const rest = 1 - some.reduce((sum, { explains }) => sum + explains, 0);
    if (some.length > 0 && rest > 1 / 2)
      told.push(
        `~${Math.round(100 * rest)} % of ${of} is explained by none of these: code that is not instrumented makes it, or many functions a little each`,
      );
  }
  return told.length > 0 ? told.join('; ') : undefined;
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function check(account: Stats, at: string): void {
  must(isRecord(account), at, account, 'accounts as stats() gives them, one an argument: merge(...list)');
  for (const key of [...SUMS, 'elapsed'] as const) number(account[key], `${at}, ${key}`);
  list(
    account.functions,
    `${at}, functions`,
    "a function's figures",
    ['line', ...ADDED, ...GREATEST, ...DOUBTS],
    ({ kind }, path) => must(KINDS.includes(kind), `${path}.kind`, kind, KINDS.join(', ')),
  );
  list(
    account.unownedBy,
    `${at}, unownedBy`,
    'code that allocated',
    ['line', 'bytes', 'share'],
    ({ stack }, path) => must(Array.isArray(stack), `${path}.stack`, stack, 'a list'),
  );
  if (account.leaks === undefined) return;
  const { leaks } = account;
  must(isRecord(leaks), `${at}, leaks`, leaks, 'leaks as stats() gives them');
  for (const key of ['trend', 'external'] as const) {
    const trend = leaks[key];
    if (trend === undefined) continue;
    must(isRecord(trend), `${at}, leaks.${key}`, trend, 'a trend');
    for (const figure of TREND) number(trend[figure], `${at}, leaks.${key}.${figure}`);
  }
  list(leaks.suspects, `${at}, leaks.suspects`, 'a suspect', SUSPECT, () => {});
}

// Of places in code, with these figures each.
function list<T extends { name: string; file: string }>(
  value: T[],
  key: string,
  what: string,
  figures: readonly (keyof T)[],
  also: (one: T, path: string) => void,
): void {
  must(Array.isArray(value), key, value, 'a list');
  value.forEach((one, n) => {
    const path = `${key}[${n}]`;
    must(isRecord(one), path, one, what);
    for (const key of ['name', 'file'] as const)
      must(typeof one[key] === 'string', `${path}.${key}`, one[key], 'a string');
    for (const key of figures) number(one[key], `${path}.${String(key)}`);
    also(one, path);
  });
}

function number(value: unknown, key: string): void {
  must(Number.isFinite(value), key, value, 'a finite number');
}

function must(good: boolean, key: string, value: unknown, allowed: string): void {
  if (good) return;
  const code = 'MEMPROF_E_MERGE';
  const text = `memprof.merge: ${key} is ${JSON.stringify(value)}. Allowed: ${allowed}. [${code}]`;
  throw Object.assign(new Error(text), { code });
}
