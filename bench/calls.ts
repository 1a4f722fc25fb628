// What does one call cost? Isolates the price of enter + exit (and, for the async function and the
// generator, of one suspension) on functions that do nothing: plain, instrumented with the runtime off,
// instrumented and on (each call measured; within the budget; with async contexts), and the decorators' way (two process.memoryUsage() reads and a log line).
// Ratios of medians, the sides taken in turn in one process: absolute times are the machine's, not ours.

import { openSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import * as memprof from 'memprof';
import { instrument } from 'memprof/transformer';
import pino from 'pino';
import { median } from './median';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const SOURCE = `(function () {
  function sync() {}
  async function async() { await null; }
  function* generator() { yield; }
  return { sync, async, generator };
})()`;

type Kind = 'sync' | 'async' | 'generator';
type Functions = Record<Kind, () => any>;

function compile(code: string): Functions {
  return runInThisContext(code);
}

function instrumented(): Functions {
  const { code } = instrument(`const made = ${SOURCE};`, { fileName: 'bench/subject.js', functions: ['*'] });
  const body = `(function (require) { ${code}\nreturn made; })`;
  return runInThisContext(body)(require);
}

const log = pino({}, pino.destination({ dest: openSync('/dev/null', 'w'), sync: true }));

/** As the decorators do it: the difference of heapUsed around the call, and a line. */
function decorated({ sync, async, generator }: Functions): Functions {
  const line = (name: string, start: number, began: number) => {
    const end = process.memoryUsage().heapUsed;
    log.info({
      kind: 'bench',
      function: name,
      startMemory: start,
      endMemory: end,
      memoryConsumed: end - start,
      executionTime: performance.now() - began,
    });
  };
  return {
    sync() {
      const start = process.memoryUsage().heapUsed;
      const began = performance.now();
      try {
        return sync();
      } finally {
        line('sync', start, began);
      }
    },
    async async() {
      const start = process.memoryUsage().heapUsed;
      const began = performance.now();
      try {
        return await async();
      } finally {
        line('async', start, began);
      }
    },
    *generator() {
      const start = process.memoryUsage().heapUsed;
      const began = performance.now();
      try {
        return yield* generator();
      } finally {
        line('generator', start, began);
      }
    },
  };
}

const loops: Record<Kind, (f: () => any, n: number) => void | Promise<void>> = {
  sync(f, n) {
    for (let i = 0; i < n; i++) f();
  },
  async async(f, n) {
    for (let i = 0; i < n; i++) await f();
  },
  generator(f, n) {
    for (let i = 0; i < n; i++) for (const _ of f());
  },
};

const EACH: memprof.Options = { budget: '100%' };

async function main(): Promise<void> {
  memprof.configure({ log: 'off', spike: '100 GB' });
  const sides: {
    name: string;
    functions: Functions;
    calls: number;
    on: boolean;
    options?: memprof.Options;
  }[] = [
    { name: 'plain', functions: compile(SOURCE), calls: 400_000, on: false },
    { name: 'off', functions: instrumented(), calls: 400_000, on: false },
    { name: 'on', functions: instrumented(), calls: 40_000, on: true, options: EACH },
    { name: 'budget', functions: instrumented(), calls: 400_000, on: true, options: { budget: '1%' } },
    {
      name: 'context',
      functions: instrumented(),
      calls: 20_000,
      on: true,
      options: { ...EACH, context: 'on' },
    },
    { name: 'decorated', functions: decorated(compile(SOURCE)), calls: 2_000, on: false },
  ];
  console.log(`node ${process.version}, ${ROUNDS} rounds`);
  for (const kind of ['sync', 'async', 'generator'] as const) {
    const times: Record<string, number[]> = {};
    for (let round = -2; round < ROUNDS; round++) {
      for (const { name, functions, calls, on, options } of sides) {
        memprof.configure({ ...EACH, context: 'off', ...options });
        if (on) memprof.enable();
        else memprof.disable();
        const began = process.hrtime.bigint();
        await loops[kind](functions[kind], calls);
        if (round >= 0) (times[name] ??= []).push(Number(process.hrtime.bigint() - began) / calls);
      }
    }
    const of = (name: string) => median(times[name]);
    const floor = readsFloor();
    console.log(
      [
        kind.padEnd(10),
        ...sides.map(({ name }) => `${name} ${of(name).toFixed(1)} ns`),
        `context / on ${(of('context') / of('on')).toFixed(1)}`,
        `off - plain ${(of('off') - of('plain')).toFixed(1)} ns`,
        `(on - plain) / (decorated - plain) = 1/${((of('decorated') - of('plain')) / (of('on') - of('plain'))).toFixed(0)}`,
        `(on - plain) / two bare reads = ${((of('on') - of('plain')) / floor).toFixed(2)}`,
      ].join('  '),
    );
  }
}

/** Two bare readings of V8's statistics: what a boundary pair cannot do without. */
function readsFloor(): number {
  const v8 = require('node:v8') as typeof import('node:v8');
  const times: number[] = [];
  let sum = 0;
  for (let round = 0; round < 15; round++) {
    const began = process.hrtime.bigint();
    for (let i = 0; i < 20_000; i++) {
      sum += v8.getHeapStatistics().used_heap_size;
      sum -= v8.getHeapStatistics().used_heap_size;
    }
    times.push(Number(process.hrtime.bigint() - began) / 20_000);
  }
  if (sum === 0.5) console.log(sum);
  return median(times);
}

void main();
