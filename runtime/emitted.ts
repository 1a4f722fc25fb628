// What emitted code holds of a call, and what it does to it. Serves the ABI (contract/abi.ts). Must stay small
// enough to be inlined, and give back the very values that it was handed.

import type { CallName } from '../contract/abi';
import { numberOf } from './given';
import {
  begin,
  caught,
  comeBack,
  counts,
  exit,
  explain,
  hooks,
  lastly,
  live,
  pause,
  reenter,
  stand,
  WITHIN,
} from './ledger';
import { spans } from './pool';
import type { Table } from './sites';
import { Awaiting, GIVEN, MOST_SHAPES, Running, SHAPES, SPAN_WIDTH, Span, Yielded } from './span';

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
      if (stops === Awaiting) pause(this, this.at);
      else stand(this, this.at);
    }
    return value;
  }

  set given(value: unknown) {
    // Counted beside the numbers: to read one of them boxes it, where this is not compiled.
    const at = this.taken;
    if (at === MOST_SHAPES) return;
    this.taken = at + 1;
    const { n } = this;
    if (n.length > SPAN_WIDTH) {
      n[SHAPES + at] = numberOf(value);
      n[GIVEN] = at + 1;
    }
    if (this.keeps === 0) return;
    if (hooks.given !== null) hooks.given(this, value, at);
    // Nobody asks any more.
    else {
      this.keeps = 0;
      if (n.length === SPAN_WIDTH) this.takes = false;
    }
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
    comeBack(this, this.in);
  }

  set returns(_: number) {
    this.stops = Running;
    comeBack(this, this.in, true);
  }

  /** `return E` of an async generator. */
  set last(_: number) {
    this.result = undefined;
    this.suspend = -1;
  }

  doneWith<T>(value: T): T {
    this.result = value;
    return value;
  }

  suspendWith<T>(value: T, n: number): T {
    pause(this, n);
    return value;
  }

  yieldsWith<T>(value: T, n: number): T {
    stand(this, n);
    return value;
  }

  lastWith<T>(value: T): T {
    this.result = undefined;
    pause(this, -1);
    return value;
  }

  resumeWith<T>(value: T, n?: number): T {
    comeBack(this, value);
    if (n !== undefined) pause(this, n);
    return value;
  }

  exit(): boolean {
    return exit(this);
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
    caught(this);
  }

  lastly(): unknown {
    return lastly(this);
  }

  reenter(): void {
    const value = this.in;
    this.in = undefined;
    reenter(this, value);
  }

  leave(n: number): void {
    pause(this, n);
  }

  disposer(n: number): Record<symbol, () => void> {
    return { [Symbol.dispose]: () => pause(this, n) };
  }
}

/** Every call's that is not measured: it belongs to no epoch, so nothing is done to it. */
const OFF = new Call();

/** A call of site `n` begins. Switched off, it costs a load and a branch; of a hot function's most, a counter. */
export function enter(table: Table, n: number): Call {
  if (!live) return OFF;
  const { skips } = table;
  if (skips[n] > 0 && counts[WITHIN] === 0) {
    skips[n]--;
    return OFF;
  }
  return begin(table, n) as Call;
}

spans.make = () => new Call();
spans.off = OFF;
