// Three ways to say what a call allocated. Serves bench/truth; each wraps the service's functions and must
// never know the truth.

import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';
import * as memprof from 'memprof';

export type Functions = Record<string, () => unknown>;
export type Figures = Record<string, { calls: number; bytes: number; max?: number }>;

export interface Tool {
  functions: Functions;
  reset(): void;
  figures(): Figures;
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

function sums(names: string[]): Figures {
  return Object.fromEntries(names.map((name) => [name, { calls: 0, bytes: 0 }]));
}

/** The functions are instrumented already; memprof is asked by their names. */
export function byMemprof(functions: Functions): Tool {
  return {
    functions,
    reset: memprof.reset,
    figures() {
      const figures: Figures = {};
      for (const { name, calls, total, awaited, max } of memprof.stats().functions) {
        if (name in functions) figures[name] = { calls, bytes: total + awaited, max };
      }
      return figures;
    },
  };
}

/** As the decorators do it. */
export function byHeapUsed(functions: Functions): Tool {
  const names = Object.keys(functions);
  let figures = sums(names);
  const wrapped: Functions = {};
  for (const name of names) {
    const call = functions[name];
    const end = (start: number) => {
      figures[name].bytes += process.memoryUsage().heapUsed - start;
      figures[name].calls++;
    };
    wrapped[name] = () => {
      const start = process.memoryUsage().heapUsed;
      const result = call();
      if (isPromise(result)) return result.finally(() => end(start));
      end(start);
      return result;
    };
  }
  return { functions: wrapped, reset: () => void (figures = sums(names)), figures: () => figures };
}

/** Growth between two events of async_hooks goes to the call that the context names. */
export function byHooks(functions: Functions): Tool {
  const names = Object.keys(functions);
  const storage = new AsyncLocalStorage<string>();
  let figures = sums(names);
  let last = getHeapStatistics().used_heap_size;
  let current: string | undefined;
  const own = ownBytes();
  const charge = (next: string | undefined) => {
    const now = getHeapStatistics().used_heap_size;
    const growth = now - last - own;
    // A fall is a collection; dropping it is the kindest reading.
    if (current !== undefined && growth > 0 && current in figures) figures[current].bytes += growth;
    last = now;
    current = next;
  };
  createHook({
    init: () => charge(storage.getStore()),
    before: () => charge(storage.getStore()),
    after: () => charge(undefined),
  }).enable();
  const wrapped: Functions = {};
  for (const name of names) {
    const call = functions[name];
    wrapped[name] = () => {
      figures[name].calls++;
      return storage.run(name, () => {
        charge(name);
        const result = call();
        charge(undefined);
        return result;
      });
    };
  }
  return { functions: wrapped, reset: () => void (figures = sums(names)), figures: () => figures };
}

/** What a reading itself allocates: the least seen, since a warm reading allocates less than a first one. */
function ownBytes(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20_000; i++) {
    const one = getHeapStatistics().used_heap_size;
    const other = getHeapStatistics().used_heap_size;
    if (other > one) least = Math.min(least, other - one);
  }
  return least;
}
