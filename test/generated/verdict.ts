// Does instrumented code behave as the plain code does? Runs a program plain and in every other way, and
// compares what could be seen; then the account must be whole. Serves the worker.

import { createRequire } from 'node:module';
import * as memprof from 'memprof';
import * as emitted from 'memprof/runtime';
import type { ScriptTarget } from 'typescript';
import type * as Ledger from '../../runtime/ledger';
import { type Recorder, recorder, type Span } from '../support/recorder';
import { built, COMPILERS, HAS_USING, lowered } from './builds';
import { type Outcome, run } from './realm';

export interface Verdict {
  result: 'same' | 'fault' | 'invalid';
  /** Which way of running differed, and how; of a fault. */
  leg?: string;
  why?: string;
  /** What ran in that leg. */
  code?: string;
  trace?: string[];
  plain?: string[];
  legs: number;
  /** Reasons why functions were left alone. */
  alone: number;
  /** Generators that were left at a yield; calls that wait for ever. */
  dropped: number;
  stalled: number;
}

// The built one, as everything that emitted code calls: a loader's bindings would take most of the time.
const { setOwner } = createRequire(__filename)('../../dist/runtime/ledger') as typeof Ledger;

const quiet = { info() {}, warn() {} };
const USING = /\busing [\w$]+ ?(=|of\b)/;

class Fault extends Error {
  constructor(
    readonly leg: string,
    why: string,
    readonly code: string,
    readonly trace: string[] = [],
  ) {
    super(why);
  }
}

/** A program, and a number that chooses among the rarer ways of running it. */
export interface Program {
  code: string;
  n: number;
}

/** Judges programs. Those of one list share a switching of the runtime, which costs more than a program. */
export async function judge(programs: Program[]): Promise<Verdict[]> {
  const later: (() => Promise<void>)[] = [];
  const verdicts: Verdict[] = [];
  memprof.enable();
  for (const program of programs) verdicts.push(await guarded(program, later));
  memprof.disable();
  for (const work of later) await work();
  return verdicts;
}

async function guarded({ code, n }: Program, later: (() => Promise<void>)[]): Promise<Verdict> {
  const verdict: Verdict = { result: 'same', legs: 0, alone: 0, dropped: 0, stalled: 0 };
  const lower = USING.test(code) && !HAS_USING;
  const down = (text: string) => (lower ? lowered(text, ES2022, COMPILERS[0], false).code : text);
  const plain = await run(down(code));
  const blame = (error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    if (verdict.result === 'fault') return;
    const { leg, message, trace } = error;
    Object.assign(verdict, {
      result: 'fault',
      leg,
      why: message,
      code: error.code,
      trace,
      plain: plain.trace,
    });
  };
  try {
    if (plain.early) {
      verdict.result = 'invalid';
      // A compiler's lowering can spoil a program by itself.
      if (!lower) await invalid(code);
      return verdict;
    }
    for (const printer of ['text', 'ast'] as const) {
      const made = built(code, printer);
      // An AST under lowering is what tsc makes of it.
      const text =
        lower && printer === 'ast' ? lowered(code, ES2022, COMPILERS[0], true).code : down(made.code);
      verdict.alone = made.warnings.length;
      const all = made.warnings.length === 0;
      verdict.legs += 2;
      const open = await recorded(`${printer}, recorder`, text, plain);
      if (printer === 'text') Object.assign(verdict, { dropped: open.dropped, stalled: open.stalled });
      await on(`${printer}, on`, text, plain, open, { all, explain: printer === 'ast' });
      if ((printer === 'text') !== (n % 2 === 0)) continue;
      verdict.legs++;
      later.push(() => off(`${printer}, off`, text, plain).catch(blame));
    }
    await rarer(code, n >> 1, lower, plain, verdict);
  } catch (error) {
    blame(error);
  }
  return verdict;
}

const { ES2022, ES2017, ES2018 } = COMPILERS[0].ScriptTarget;

// Other compilers, older targets, another realm, a runtime that is switched while calls are in flight.
async function rarer(code: string, n: number, lower: boolean, plain: Outcome, verdict: Verdict) {
  const way = n % 12;
  verdict.legs++;
  if (lower) return;
  if (way === 0) {
    const { code: text } = built(code, n & 16 ? 'ast' : 'text');
    await switched('text, switched', text, plain, n >> 5);
  } else if (way === 1) {
    const there = await run(code, { context: true });
    const { code: text } = built(code, n & 16 ? 'ast' : 'text');
    same('a realm of its own', text, there, await run(text, { context: true, runtime: emitted }));
  } else if (way === 2 || way === 3) {
    const ts = COMPILERS[way - 1];
    // TypeScript 5.0 knows no `using`.
    if (way === 3 && USING.test(code)) return;
    for (const printer of ['text', 'ast'] as const) {
      const { code: text } = built(code, printer, ts);
      await recorded(`${printer}, TypeScript ${ts.version}`, text, plain);
    }
  } else if (way === 4 || way === 5) {
    // TypeScript's own lowering of these is wrong (a default runs after the body's start), or without an end.
    const fragile = /\bclass\b|\.\.\.|\[key|\beval\b|\?\.|\?\?/.test(code);
    const target = way === 4 || fragile ? ES2022 : n & 16 ? ES2017 : ES2018;
    const alone = byCompilerAlone(code, target);
    const base = alone && (await run(alone));
    if (!base || base.early) return;
    const { code: text } = lowered(code, target, COMPILERS[0], true);
    await recorded(`plugin, target ${COMPILERS[0].ScriptTarget[target]}`, text, base);
  }
}

// What a compiler cannot lower by itself is none of ours.
function byCompilerAlone(code: string, target: ScriptTarget): string | undefined {
  try {
    return lowered(code, target, COMPILERS[0], false).code;
  } catch {
    return undefined;
  }
}

async function invalid(code: string) {
  for (const printer of ['text', 'ast'] as const) {
    const text = built(code, printer).code;
    const { early } = await run(text, { runtime: emitted });
    if (!early) throw new Fault(`${printer}, invalid`, 'an invalid program became valid', text);
  }
}

function same(leg: string, code: string, plain: Outcome, other: Outcome): void {
  if (other.early) throw new Fault(leg, `it is no program any more: ${other.early}`, code);
  const { trace } = other;
  for (let n = 0; n < Math.max(trace.length, plain.trace.length); n++) {
    if (trace[n] === plain.trace[n]) continue;
    const why = `line ${n} of the trace: plain "${plain.trace[n]}", here "${trace[n]}"`;
    throw new Fault(leg, why, code, trace);
  }
}

interface Open {
  dropped: number;
  stalled: number;
}

// With a runtime that watches: exactly one owner at any time, and who never ended.
async function recorded(leg: string, code: string, plain: Outcome): Promise<Open> {
  const recording = recorder({ explain: true });
  const yielded = new Set<Span>();
  watchYields(recording, yielded);
  const outcome = await run(code, { runtime: recording.runtime });
  same(leg, code, plain, outcome);
  const [problem] = recording.problems;
  if (problem) throw new Fault(leg, problem, code, outcome.trace);
  const owner = recording.owner();
  if (owner) throw new Fault(leg, `${owner.row[0]} still runs in the end`, code, outcome.trace);
  const open = [...recording.open];
  const dropped = open.filter((span) => yielded.has(span)).length;
  return { dropped, stalled: open.length - dropped };
}

function watchYields({ runtime }: Recorder, yielded: Set<Span>): void {
  const { yields, suspend } = runtime as Record<string, (...args: unknown[]) => unknown>;
  const table = runtime as Record<string, unknown>;
  table.yields = (span: Span, ...rest: unknown[]) => {
    if (span) yielded.add(span);
    return yields(span, ...rest);
  };
  table.suspend = (span: Span, ...rest: unknown[]) => {
    yielded.delete(span);
    return suspend(span, ...rest);
  };
}

async function off(leg: string, code: string, plain: Outcome): Promise<void> {
  same(leg, code, plain, await run(code, { runtime: emitted }));
}

async function on(
  leg: string,
  code: string,
  plain: Outcome,
  open: Open,
  how: { all: boolean; explain: boolean },
) {
  memprof.configure({ log: how.explain ? 'all' : 'off', spike: how.explain ? 0 : '100 GB', logger: quiet });
  memprof.reset();
  const outcome = await run(code, { runtime: emitted });
  const owner = setOwner(null);
  const stats = memprof.stats();
  same(leg, code, plain, outcome);
  const must = (right: boolean, why: string) => {
    if (!right) throw new Fault(leg, why, code, outcome.trace);
  };
  must(owner === null, `${owner?.site.name} still owns in the end`);
  const { allocated, owned, unowned, overhead, inFlight, functions } = stats;
  must(
    allocated === owned + unowned + overhead,
    `allocated ${allocated}: ${owned} + ${unowned} + ${overhead}`,
  );
  must(stats.awaited <= unowned, `${stats.awaited} claimed of ${unowned}`);
  // A promise that never settles keeps those that returned it in flight too.
  must(
    open.stalled ? inFlight >= open.stalled : inFlight === 0,
    `${inFlight} calls in flight, ${open.stalled} wait`,
  );
  if (open.stalled + open.dropped === 0) {
    const self = functions.reduce((sum, f) => sum + f.self, 0);
    must(self === owned, `the functions own ${self} of ${owned}`);
  }
  if (!how.all || open.stalled) return;
  const calls = functions.reduce((sum, f) => sum + f.calls, 0);
  const least = outcome.calls - open.dropped;
  // A dropped generator that is collected is a call.
  must(calls >= least && calls <= outcome.calls, `${calls} calls are known, ${least} ended`);
  for (const { name, errors, kind } of functions) {
    if (!/^solo\d+$/.test(name) || !/^(sync|async)$/.test(kind)) continue;
    const failures = plain.failures[`${name} ${kind === 'sync' ? 'threw' : 'rejected'}`] ?? 0;
    // What throws after the value of a return is known (an iterator's close, a disposal), or after the call has
    // ended (a thenable), is none of the call's errors.
    const later = /\b(of|using|thenable)\b/.test(code);
    must(
      later ? errors <= failures : errors === failures,
      `${name}: ${errors} errors known, ${failures} seen`,
    );
  }
}

// Switched off and on in the middle: calls of an earlier time are forgotten, and disturb nobody.
async function switched(leg: string, code: string, plain: Outcome, n: number): Promise<void> {
  memprof.reset();
  let seen = 0;
  const every = 1 + (n % 7);
  const onCall = () => {
    // Switching costs more than a program.
    if (++seen % every !== 0 || seen > 6 * every) return;
    if ((seen / every) % 2) memprof.disable();
    else memprof.enable();
  };
  const outcome = await run(code, { runtime: emitted, onCall });
  memprof.enable();
  const owner = setOwner(null);
  same(leg, code, plain, outcome);
  const { allocated, owned, unowned, overhead } = memprof.stats();
  if (owner) throw new Fault(leg, `${owner.site.name} still owns in the end`, code, outcome.trace);
  if (allocated !== owned + unowned + overhead)
    throw new Fault(leg, 'the law does not hold', code, outcome.trace);
}
