// `merge` where there is no Node: a page that shows the accounts of a server's workers sums them up, too. What
// ../merge.ts does, which an ES module of a browser's cannot load; a test holds the two together. Must import nothing.

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
