// Which tests allocate most? Serves whoever looks for what makes a suite heavy, by a list at the end of a run. Must never
// charge a test with what others did: tests that overlap are counted, and not measured.

import { moment, startAccount } from './account';
import { asLine, isReporting, listed, type TestBytes } from './list';
import { hooksOf, nameOfTest, type Runner } from './runner';
import { wantCount, wantKeys } from './wanted';

export interface HeaviestOptions {
  /** How many are shown. Default 10. */
  most?: number;
  /** The module of a runner with hooks (`node:test`, `vitest`). Default: the global ones, where there are any. */
  runner?: Runner;
  /** Where the list goes at the end, if there are hooks. Default: standard output. */
  write?: (text: string) => void;
}

export interface Heaviest {
  /** Runs a test's function and measures it under `name`; gives its value, or throws what it throws. */
  around<T>(this: void, name: string, fn: () => T | Promise<T>): Promise<T>;
  /** For a hook before each test. */
  begin(this: void): void;
  /** For a hook after each test, with its name or what the runner hands to the hook. */
  end(this: void, test?: unknown): void;
  /** The costliest first, all of them. */
  tests(this: void): TestBytes[];
  /** The list, as it is shown. */
  report(this: void): string;
}

/**
 * Measures each test by the hooks of `runner`, and shows the heaviest after the last one. Where there are no hooks,
 * `around`, or `begin` and `end`, are to be called.
 * @throws {MemprofError} MEMPROF_E_TEST_OFF, MEMPROF_E_TEST (options)
 */
export function heaviest(options: HeaviestOptions = {}): Heaviest {
  const { most = 10, write = (text: string) => void process.stdout.write(text) } = options;
  wantKeys(options, ['most', 'runner', 'write']);
  wantCount('most', most, 1);
  startAccount();
  const hooks = hooksOf(options.runner);
  const done: TestBytes[] = [];
  let open = 0;
  let mixed = false;
  let unmeasured = 0;
  let from = 0;

  const begin = (): void => {
    if (++open > 1) mixed = true;
    from = moment().bytes;
  };
  const end = (test?: unknown): void => {
    if (open === 0) return;
    const bytes = moment().bytes - from;
    const name = typeof test === 'string' ? test : nameOfTest(hooks, test);
    const one = { name: name ?? `test ${done.length + unmeasured + 1}`, bytes: mixed ? undefined : bytes };
    if (one.bytes === undefined) unmeasured++;
    else done.push({ name: one.name, bytes: one.bytes });
    if (isReporting()) (test as { diagnostic?(line: string): void } | undefined)?.diagnostic?.(asLine(one));
    if (--open === 0) mixed = false;
  };
  const tests = () => [...done].sort((a, b) => b.bytes - a.bytes);
  const report = () => listed(tests(), most, unmeasured);

  // No parameters are named: Jest takes a hook with one for a hook that calls back.
  hooks.beforeEach?.(() => begin());
  hooks.afterEach?.((...given) => end(given[0]));
  hooks.afterAll?.(() => {
    if (!isReporting()) write(`${report()}\n`);
  });
  return {
    async around(name, fn) {
      begin();
      try {
        return await fn();
      } finally {
        end(name);
      }
    },
    begin,
    end,
    tests,
    report,
  };
}
