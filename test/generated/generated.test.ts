// Instrumented code behaves as the plain code does, by programs that nobody wrote: each is run plain and in
// every other way, and what can be seen of it must be the same. SEED repeats a run, RUNS makes it longer. In
// CI the same code gets the same programs, so that a verdict is about the code; elsewhere they are new ones.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONSTRUCTS, census } from './census';
import { BAD } from './invalid';
import { printProgram } from './print-functions';
import { type Node, program } from './tree';
import type { Program, Verdict } from './verdict';
import { Judge } from './workers';

const seed = Number(process.env.SEED ?? (process.env.CI ? 20_261 : Date.now() % 2 ** 31));
const runs = Number(process.env.RUNS ?? 1000);
const LIST = 20;
const SHRINK_MS = Number(process.env.SHRINK ?? 120) * 1000;

const judge = new Judge();
const counts = new Map<string, number>(CONSTRUCTS.map((name) => [name, 0]));
const textOf = (node: Node): Program => ({ code: printProgram(node), n: node.n });

/** A fault as one reads it: the program, what it became, where the traces part. */
function story({ code }: Program, { leg, why, code: other, trace = [], plain = [] }: Verdict): string {
  const at = plain.findIndex((line, n) => line !== trace[n]);
  const from = Math.max(0, (at < 0 ? plain.length : at) - 3);
  const part = (lines: string[]) => lines.slice(from, from + 8).join('\n  ');
  return [
    `${leg}: ${why}`,
    `--- program\n${code}`,
    `--- it became\n${other ?? ''}`,
    `--- plain, from line ${from}\n  ${part(plain)}`,
    `--- here\n  ${part(trace)}`,
    `SEED=${seed}`,
  ].join('\n');
}

// A smaller program with the same fault in the same kind of run.
async function shrunk(path: string, first: Program, verdict: Verdict): Promise<string> {
  let least = { program: first, verdict };
  const fails = fc.asyncProperty(program, async (node) => {
    const one = textOf(node);
    const found = await judge.one(one);
    const fault = found.result === 'fault' && found.leg === verdict.leg;
    if (fault && one.code.length <= least.program.code.length) least = { program: one, verdict: found };
    return !fault;
  });
  await fc.check(fails, { seed, path, numRuns: 1, interruptAfterTimeLimit: SHRINK_MS });
  return story(least.program, least.verdict);
}

test(`${runs} generated programs`, async () => {
  console.log(`generated: seed ${seed}`);
  const total = { same: 0, invalid: 0, fault: 0, legs: 0, alone: 0, dropped: 0, stalled: 0 };
  const nodes = fc.sample(program, { seed, numRuns: runs });
  for (let at = 0; at < nodes.length; at += LIST) {
    const programs = nodes.slice(at, at + LIST).map(textOf);
    const verdicts = await judge.all(programs);
    for (const [n, verdict] of verdicts.entries()) {
      total[verdict.result]++;
      for (const key of ['legs', 'alone', 'dropped', 'stalled'] as const) total[key] += verdict[key];
      if (verdict.result === 'fault') assert.unreachable(await shrunk(String(at + n), programs[n], verdict));
      if (verdict.result === 'invalid') continue;
      const here = new Set<string>();
      census(programs[n].code, (name) => here.add(name));
      for (const name of here) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  console.log(`generated: ${JSON.stringify(total)}`);
  // The grammar knows the language: what is no program was rare, and tells nothing.
  assert.ok(total.invalid <= runs * 0.01, `${total.invalid} were no programs`);
  assert.ok(total.stalled <= runs * 0.05, `${total.stalled} calls wait for ever`);
  assert.ok(total.alone <= runs * 0.1, `${total.alone} functions were left alone`);
  assert.is(total.same + total.invalid, runs);
});

test('the programs held every construct', () => {
  const rare = [...counts].sort((a, b) => a[1] - b[1]);
  console.log(
    `generated: rarest ${rare
      .slice(0, 6)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ')}`,
  );
  // A short run need not meet them all.
  if (runs < 1000) return;
  assert.equal(
    rare.filter(([, n]) => n === 0).map(([name]) => name),
    [],
  );
});

const folder = path.join(__dirname, 'regressions');
for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  test(`regression ${file}`, async () => {
    const code = readFileSync(path.join(folder, file), 'utf8');
    // Every rarer way too.
    const programs = Array.from({ length: 20 }, (_, n) => ({ code, n: 6 * n + (n % 2 ? 0 : n % 6) }));
    for (const [n, verdict] of (await judge.all(programs)).entries()) {
      if (verdict.result !== 'same') assert.unreachable(story(programs[n], verdict));
    }
  });
}

test('what is no program becomes none', async () => {
  // A compiler that lowers `using` mends what it cannot read.
  const some = fc.sample(program, { seed, numRuns: 3 * BAD.length }).map(textOf);
  const around = some.filter(({ code }) => !/\busing\b/.test(code)).slice(0, BAD.length);
  const programs = BAD.map((bad, n) => ({ code: `${around[n].code}\n${bad}`, n }));
  const verdicts = await judge.all(programs);
  for (const [n, verdict] of verdicts.entries()) {
    if (verdict.result !== 'invalid') assert.unreachable(`${BAD[n]}\n${story(programs[n], verdict)}`);
  }
});

test.after(() => judge.end());

test.run();
