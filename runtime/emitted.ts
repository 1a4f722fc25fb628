// What emitted code holds of a call, and what it does to it. Serves the ABI (contract/abi.ts). Must stay small
// enough to be inlined, and give back the very values that it was handed.

import type { CallName } from '../contract/abi';
import { numberOf } from './given';
import * as ledger from './ledger';
import { counts, hooks, live, UNSEEN, WITHIN } from './ledger';
import { far } from './pinned';
import { spans } from './pool';
import type { Table } from './sites';
import { Awaiting, GIVEN, MOST_SHAPES, Running, SHAPES, SPAN_WIDTH, Span, Yielded } from './span';

// A hot function's calls are seldom measured, and it is compiled while they all are: what is done for one must not take the
// room there in which the user's own functions are inlined.
const begin = far(ledger.begin);
const exit = far(ledger.exit);
const explain = far(ledger.explain);
const pause = far(ledger.pause);
const stand = far(ledger.stand);
const comeBack = far(ledger.comeBack);
const comeBackLast = far((span: Call, value: unknown) => ledger.comeBack(span, value, true));
const reenter = far(ledger.reenter);
const caught = far(ledger.caught);
const lastly = far(ledger.lastly);
const give = far(giveNext);

/**
 * A span with the members that emitted code uses. Events are assignments, and values go in and out by members
 * of their own, since each register that a function holds while it calls another one makes the deepest
 * recursion less: the arguments of a method call would be four.
 */
export class Call extends Span implements Record<CallName, unknown> {
  /**
   * The value that came `in`. The span forgets it: a generator that stands keeps nothing alive. What was asked for
   * happens here, last of all: where the stack is full, the span has stopped and is awaited, or it still runs.
   */
  get out(): unknown {
    const value = this.in;
    this.in = undefined;
    const { stops } = this;
    if (stops !== Running) {
      this.stops = Running;
      if (this === OFF) unseen(stops);
      else if (stops === Awaiting) pause(this, this.at);
      else stand(this, this.at);
    }
    return value;
  }

  set given(value: unknown) {
    give(this, value);
  }

  set suspend(n: number) {
    this.stops = Awaiting;
    this.at = n;
  }

  set yields(n: number) {
    this.stops = Yielded;
    this.at = n;
  }

  set resume(_: number) {
    this.stops = Running;
    if (this === OFF) counts[UNSEEN]++;
    else comeBack(this, this.in);
  }

  set returns(_: number) {
    this.stops = Running;
    if (this === OFF) counts[UNSEEN]++;
    else comeBackLast(this, this.in);
  }

  /** `return E` of an async generator. */
  set last(_: number) {
    this.result = undefined;
    this.suspend = -1;
  }

  doneWith<T>(value: T): T {
    // To store what is young in what is old takes as long as all else that is done for a call that is not measured.
    if (this !== OFF) this.result = value;
    return value;
  }

  suspendWith<T>(value: T, n: number): T {
    if (this === OFF) counts[UNSEEN]++;
    else pause(this, n);
    return value;
  }

  yieldsWith<T>(value: T, n: number): T {
    if (this !== OFF) stand(this, n);
    return value;
  }

  lastWith<T>(value: T): T {
    this.result = undefined;
    return this.suspendWith(value, -1);
  }

  returnsWith<T>(value: T): T {
    if (this === OFF) counts[UNSEEN]++;
    else comeBackLast(this, value);
    return value;
  }

  resumeWith<T>(value: T, n?: number): T {
    if (this === OFF) counts[UNSEEN]++;
    else comeBackWith(this, value, n);
    return value;
  }

  exit(): boolean {
    if (this !== OFF) return exit(this, undefined);
    // It must not keep what the last one returned.
    this.result = undefined;
    return false;
  }

  set arg(value: unknown) {
    // No method of Array: a program may have put an instrumented function in its place.
    if (this.args === null) this.args = [value];
    else this.args[this.args.length] = value;
  }

  explain(): void {
    const values = this.args ?? [];
    this.args = null;
    explain(this, values);
  }

  caught(): void {
    if (this !== OFF) caught(this, undefined);
  }

  lastly(): unknown {
    return this === OFF ? undefined : lastly(this, undefined);
  }

  reenter(): void {
    const value = this.in;
    this.in = undefined;
    if (this !== OFF) reenter(this, value);
  }

  leave(n: number): void {
    pause(this, n);
  }

  disposer(n: number): Record<symbol, () => void> {
    return { [Symbol.dispose]: () => pause(this, n) };
  }
}

/** Every call's that is not measured: it belongs to no epoch, so nothing is done to it. */
const OFF: Call = new Call();

function comeBackWith(call: Call, value: unknown, n: number | undefined): void {
  comeBack(call, value);
  if (n !== undefined) pause(call, n);
}

function unseen(stops: number): void {
  if (stops === Awaiting) counts[UNSEEN]++;
}

function giveNext(call: Call, value: unknown): void {
  // Counted beside the numbers: to read one of them boxes it, where this is not compiled.
  const at = call.taken;
  if (at === MOST_SHAPES) return;
  call.taken = at + 1;
  const { n } = call;
  if (n.length > SPAN_WIDTH) {
    n[SHAPES + at] = numberOf(value);
    n[GIVEN] = at + 1;
  }
  if (call.keeps === 0) return;
  if (hooks.given !== null) hooks.given(call, value, at);
  // Nobody asks any more.
  else {
    call.keeps = 0;
    if (n.length === SPAN_WIDTH) call.takes = false;
  }
}

// Of this file, which takes less code to read than another's: the less there is, the more of the user's is inlined.
const within = counts;
const AT = WITHIN;

/** A call of site `n` begins. Switched off, it costs a load and a branch; of a hot function's most, a counter. */
export function enter(table: Table, n: number): Call {
  if (!live) return OFF;
  const { skips } = table;
  if (skips[n] > 0 && within[AT] === 0) {
    skips[n]--;
    return OFF;
  }
  return begin(table, n) as Call;
}

spans.make = () => new Call();
spans.off = OFF;
