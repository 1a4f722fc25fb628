// Do the verdicts of memprof/test stand still? Asks each one many times in a row in one process, while two others keep both
// cores busy, and counts the wrong ones. Isolates the noise of the machine and of V8: the functions themselves do the same
// each time. Usage: tsx bench/testkit.ts [verdicts of each, 1000] [names of cases]

import { spawn } from 'node:child_process';

// As it is published.
const { checkLeak, limitMemory } = require('../dist/testing') as typeof import('../testing');

/** An array that takes so many bytes: 8 an element, 16 of a header, 32 of the array itself. */
const arrayOf = (bytes: number) => new Array((bytes - 48) / 8).fill(1);
const LIMIT = 1_000_000;
let kept: unknown[] = [];
const caches = { once: new Map<number, unknown>(), turn: 0 };

const CASES: Record<string, { passes: boolean; verdict(): Promise<unknown> }> = {
  'a function that allocates nothing, 1 KB': {
    passes: true,
    verdict: () => limitMemory('1 KB', () => {}),
  },
  'an async one, 1 KB': { passes: true, verdict: () => limitMemory('1 KB', async () => {}) },
  'an array 2 % below 1 MB': {
    passes: true,
    verdict: () => limitMemory(LIMIT, () => arrayOf(LIMIT * 0.98)),
  },
  'an array 2 % above 1 MB': {
    passes: false,
    verdict: () => limitMemory(LIMIT, () => arrayOf(LIMIT * 1.02)),
  },
  'what leaves nothing': {
    passes: true,
    verdict: () =>
      checkLeak(() => JSON.parse(JSON.stringify(Array.from({ length: 100 }, (_, a) => ({ a }))))),
  },
  'a cache of ten that fills': {
    passes: true,
    verdict: () => {
      caches.once.clear();
      return checkLeak(() => void caches.once.set(caches.turn++ % 10, arrayOf(8000)));
    },
  },
  'a leak of 1 KB a run': {
    passes: false,
    verdict: () => {
      kept = [];
      return checkLeak(() => void kept.push(arrayOf(1024)));
    },
  },
};

async function count(passes: boolean, verdict: () => Promise<unknown>, times: number): Promise<string[]> {
  const wrong: string[] = [];
  for (let n = 0; n < times; n++) {
    try {
      await verdict();
      if (!passes) wrong.push('passed');
    } catch (error) {
      const { message, name } = error as Error;
      if (passes || name !== 'AssertionError') wrong.push(message.split('\n')[0]);
    }
  }
  return wrong;
}

async function main(): Promise<void> {
  const [times = '1000', ...names] = process.argv.slice(2);
  const endless = 'for (;;) JSON.parse(JSON.stringify(Array.from({ length: 1e4 }, () => ({}))))';
  const busy = [0, 1].map(() => spawn(process.execPath, ['-e', endless]));
  try {
    console.log(`Node ${process.version}, two busy processes beside`);
    for (const [name, { passes, verdict }] of Object.entries(CASES)) {
      if (names.length > 0 && !names.some((one) => name.includes(one))) continue;
      const began = Date.now();
      const wrong = await count(passes, verdict, Number(times));
      const seconds = ((Date.now() - began) / 1000).toFixed(0);
      console.log(`${name.padEnd(40)} ${wrong.length} of ${times} verdicts wrong  (${seconds} s)`);
      for (const one of wrong.slice(0, 5)) console.log(`  ${one}`);
      if (wrong.length > 0) process.exitCode = 1;
    }
  } finally {
    for (const one of busy) one.kill();
  }
}

void main();
