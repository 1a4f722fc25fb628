// The hooks of a test runner, whichever it is. Serves spikes.ts and heaviest.ts. Must never ask for a runner: what has hooks
// (Jest's and Vitest's globals, the modules `vitest` and `node:test`) is handed over or found.

type Hook = (body: (...given: any[]) => unknown) => unknown;

/** What may be handed over: the module of a runner. */
export interface Runner {
  beforeEach?: Hook;
  afterEach?: Hook;
  /** Jest, Vitest. */
  afterAll?: Hook;
  /** node:test. */
  after?: Hook;
  expect?: unknown;
}

/** The runner that was handed over, or the global one; nothing but `undefined`s where there is none. */
export function hooksOf(runner: Runner = globalThis as Runner): Runner {
  const { beforeEach, afterEach, afterAll = runner.after, expect } = runner;
  return { beforeEach, afterEach, afterAll, expect };
}

/** The running test's full name: Jest and Vitest tell it to whoever asks, node:test and uvu to their hooks. */
export function nameOfTest({ expect }: Runner, context: unknown): string | undefined {
  const state = (expect as { getState?: () => { currentTestName?: string } } | undefined)?.getState?.();
  if (state?.currentTestName) return state.currentTestName;
  const given = (context ?? {}) as {
    fullName?: string;
    name?: string;
    __suite__?: string;
    __test__?: string;
  };
  if (given.__test__) return [given.__suite__, given.__test__].filter(Boolean).join(' ');
  return given.fullName ?? given.name;
}
