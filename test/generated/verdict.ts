// Does instrumented code behave as the plain code does? Runs a program plain and in every other way, and
// compares what could be seen; then the account must be whole. Serves the worker.

import { createRequire } from 'node:module';
import * as memprof from 'memprof';
import * as emitted from 'memprof/runtime';
import type { ScriptTarget } from 'typescript';
import { Kind } from '../../contract/abi';
import type * as Ledger from '../../runtime/ledger';
import type * as Sites from '../../runtime/sites';
import { recorder } from '../support/recorder';
import { built, COMPILERS, HAS_USING, lowered } from './builds';
import { type Figures, keyOf, type Model, modelOf } from './model';
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
  /** Functions that were left alone. */
  alone: number;
  /** Generators that were left at a yield; calls that wait for ever. */
  dropped: number;
  stalled: number;
}

// The built one, as everything that emitted code calls: a loader's bindings would take most of the time.
const require = createRequire(__filename);
const { setOwner } = require('../../dist/runtime/ledger') as typeof Ledger;
const { tables } = require('../../dist/runtime/sites') as typeof Sites;

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
      // The compiler's printer takes most of the time, and lays what the other one lays.
      if (printer === 'ast' && n % 3) continue;
      const made = built(code, printer);
      // An AST under lowering is what tsc makes of it.
      const text =
        lower && printer === 'ast' ? lowered(code, ES2022, COMPILERS[0], true).code : down(made.code);
      verdict.alone = made.warnings.length;
      const model = await recorded(`${printer}, recorder`, text, plain, made.warnings.length === 0);
      verdict.legs += 2;
      if (printer === 'text') Object.assign(verdict, { dropped: model.dropped, stalled: model.stalled });
      await on(`${printer}, on`, text, plain, model, printer === 'ast');
      if ((printer === 'ast') !== (n % 6 === 0)) continue;
      verdict.legs++;
      later.push(() => off(`${printer}, off`, text, plain).catch(blame));
    }
    await rarer(code, Math.floor(n / 6), lower, plain, verdict);
  } catch (error) {
    blame(error);
  }
  return verdict;
}

const { ES2022, ES2017, ES2018 } = COMPILERS[0].ScriptTarget;

// Other compilers, older targets, another realm, a runtime that is switched while calls are in flight.
async function rarer(code: string, n: number, lower: boolean, plain: Outcome, verdict: Verdict) {
  const way = n % 10;
  const bits = Math.floor(n / 10);
  const printer = bits & 1 ? 'ast' : 'text';
  if (lower || way > 7) return;
  if (way < 2) {
    await switched(`${printer}, switched`, built(code, printer).code, plain, bits >> 1);
  } else if (way < 4) {
    const there = await run(code, { context: true });
    const text = built(code, printer).code;
    same(`${printer}, a realm of its own`, text, there, await run(text, { context: true, runtime: emitted }));
  } else if (way < 6) {
    const ts = COMPILERS[way - 3];
    // TypeScript 5.0 knows no `using`.
    if (way === 5 && USING.test(code)) return;
    await recorded(`${printer}, TypeScript ${ts.version}`, built(code, printer, ts).code, plain, false);
  } else {
    // TypeScript's own lowering of these is wrong (a default runs after the body's start), or without an end.
    const fragile = /\bclass\b|\.\.\.|\[key|\beval\b|\?\.|\?\?/.test(code);
    const target = way === 6 || fragile ? ES2022 : bits & 1 ? ES2017 : ES2018;
    const alone = byCompilerAlone(code, target);
    const base = alone && (await run(alone));
    if (!base || base.early) return;
    const { code: text } = lowered(code, target, COMPILERS[0], true);
    await recorded(`plugin, target ${COMPILERS[0].ScriptTarget[target]}`, text, base, false);
  }
  verdict.legs++;
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

// With a runtime that watches: exactly one owner at any time, and who never ended. `all`: each body is measured.
async function recorded(leg: string, code: string, plain: Outcome, all: boolean): Promise<Model> {
  const recording = recorder({ explain: true });
  const model = modelOf(recording);
  const outcome = await run(code, { runtime: recording.runtime });
  same(leg, code, plain, outcome);
  const must = mustOf(leg, code, outcome);
  const [problem] = recording.problems;
  must(!problem, problem);
  const owner = recording.owner();
  must(!owner, `${owner?.row[0]} still runs in the end`);
  const found = model();
  must(!all || found.entered === outcome.calls, `${found.entered} calls entered of ${outcome.calls}`);
  return found;
}

const mustOf =
  (leg: string, code: string, { trace }: Outcome) =>
  (right: boolean, why: string) => {
    if (!right) throw new Fault(leg, why, code, trace);
  };

async function off(leg: string, code: string, plain: Outcome): Promise<void> {
  same(leg, code, plain, await run(code, { runtime: emitted }));
}

async function on(leg: string, code: string, plain: Outcome, model: Model, explain: boolean) {
  memprof.configure({
    budget: '100%',
    log: explain ? 'all' : 'off',
    spike: explain ? 0 : '100 GB',
    logger: quiet,
  });
  memprof.reset();
  const outcome = await run(code, { runtime: emitted });
  const owner = setOwner(null);
  const stats = memprof.stats();
  forget();
  same(leg, code, plain, outcome);
  const must = mustOf(leg, code, outcome);
  must(owner === null, `${owner?.site.name} still owns in the end`);
  const { allocated, owned, unowned, overhead, inFlight, functions } = stats;
  must(
    allocated === owned + unowned + overhead,
    `allocated ${allocated}: ${owned} + ${unowned} + ${overhead}`,
  );
  must(stats.awaited <= unowned, `${stats.awaited} claimed of ${unowned}`);
  const waiting = model.stalled + model.unsettled;
  must(inFlight === waiting, `${inFlight} calls in flight, ${waiting} wait`);
  if (waiting + model.dropped === 0) {
    const self = functions.reduce((sum, f) => sum + f.self, 0);
    must(self === owned, `the functions own ${self} of ${owned}`);
  }
  const known = new Map(functions.map((one) => [keyOf(one.line, one.name), one]));
  for (const key of known.keys()) must(model.functions.has(key), `${key} was never called`);
  for (const [key, expected] of model.functions) {
    const { calls, errors } = known.get(key) ?? { calls: 0, errors: 0 };
    const most = expected.calls + expected.dropped;
    must(calls >= expected.calls && calls <= most, `${key}: ${calls} calls are known, ${most} ended`);
    must(errors === expected.errors, `${key}: ${errors} errors are known, ${expected.errors} ended so`);
    soloOf(expected, plain, errors, must);
  }
}

// How a close or a disposal fails, and nothing else; `Error` is a compiler's SuppressedError.
const CLOSING = /^(E[4567]|TypeError|SuppressedError|Error)$/;

// What nobody but the driver calls: what the driver saw of it in the plain run is what is known of it. Two
// things may fail once a call has said that it is done, and are none of its errors: the close of what a
// `return` leaves, and a `then` of the program's own.
function soloOf(
  { name, kind, marked, adopted }: Figures,
  plain: Outcome,
  errors: number,
  must: ReturnType<typeof mustOf>,
): void {
  if (!/^solo\d+$/.test(name) || (kind !== Kind.Sync && kind !== Kind.Async)) return;
  const causes = plain.failures[`${name} ${kind === Kind.Sync ? 'threw' : 'rejected'}`] ?? [];
  const late =
    causes.length && marked && (CLOSING.test(causes[0]) || (kind === Kind.Async && adopted)) ? 1 : 0;
  must(errors === causes.length - late, `${name}: ${errors} errors known, seen ${causes} (${late} late)`);
}

// Tables of programs that have run: the account goes through all of them at each question.
function forget(): void {
  for (let n = tables.length - 1; n >= 0; n--) if (tables[n].path === 'program.js') tables.splice(n, 1);
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
  const { allocated, owned, unowned, overhead } = memprof.stats();
  forget();
  same(leg, code, plain, outcome);
  if (owner) throw new Fault(leg, `${owner.site.name} still owns in the end`, code, outcome.trace);
  if (allocated !== owned + unowned + overhead)
    throw new Fault(leg, 'the law does not hold', code, outcome.trace);
}
