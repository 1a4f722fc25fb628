// A runtime that counts nothing and watches everything: it implements the ABI of emitted code, writes
// each event down and checks that exactly one owner runs at any time. It serves the emitter's tests; what
// it calls a problem is a fault of the emitted code, not of a program.

import { ABI_NAMES, type CallName, Kind, type SiteRow } from '../../contract/abi';

const NONE = Symbol('none');

interface Table {
  path: string;
  rows: SiteRow[];
}

export interface Span {
  id: number;
  row: SiteRow;
  /** Who ran when this span was entered or last resumed: runs again when it suspends or ends. */
  under: Span | null;
  suspended: boolean;
  ended: boolean;
  done: boolean;
}

export interface Recorder {
  /** What emitted code imports. */
  runtime: Record<string, (...args: never[]) => unknown>;
  /** One line an event: `enter f`, `suspend f 0`, ... */
  events: string[];
  /** Violations; empty for right code. */
  problems: string[];
  /** Called at each event, before it changes anything; `done` comes with its value. */
  listeners: ((event: string, span: Span, value?: unknown) => void)[];
  /** Who runs now; `null` at the end of any turn of the event loop. */
  owner(): Span | null;
  /** Spans that were entered and have not ended. */
  open: Set<Span>;
}

/**
 * @param options `off`: calls only hand values through, as the runtime's do while it is off; `explain`:
 *   what `exit` answers; `takes`: what `takes` does; `heals`: `caught` may find a stale owner (after a stack overflow)
 */
export function recorder(
  options: { off?: boolean; explain?: boolean; heals?: boolean; takes?: boolean } = {},
): Recorder {
  const events: string[] = [];
  const problems: string[] = [];
  const open = new Set<Span>();
  let owner: Span | null = null;
  let ids = 0;
  // Who said that its end comes next.
  let returning: Span | null = null;

  const nameOf = (span: Span | null) => (span ? span.row[0] : 'nobody');
  const listeners: Recorder['listeners'] = [];
  const note = (event: string, span: Span, rest: unknown = '', value?: unknown) => {
    if (returning && (returning !== span || (event !== 'done' && event !== 'exit')))
      problem(`${event} of ${nameOf(span)} while ${nameOf(returning)} returns`);
    if (event === 'exit') returning = null;
    for (const listen of listeners) listen(event, span, value);
    if (events.length < 10_000) events.push(`${event} ${nameOf(span)} ${rest}`.trim());
  };
  const problem = (text: string) => {
    if (problems.length < 20) problems.push(text);
  };
  const running = (what: string, span: Span) => {
    if (span.ended) problem(`${what} of ${nameOf(span)} after its end`);
    if (span.suspended) problem(`${what} of ${nameOf(span)} while it is suspended`);
    else if (owner !== span) problem(`${what} of ${nameOf(span)} while ${nameOf(owner)} runs`);
  };
  const stop = (span: Span) => {
    span.suspended = true;
    if (owner === span) owner = span.under;
    span.under = null;
  };
  const start = (span: Span) => {
    span.suspended = false;
    span.under = owner;
    owner = span;
  };
  const tolerant = (what: string, span: Span) => {
    if (span.ended) problem(`${what} of ${nameOf(span)} after its end`);
    if (span.suspended) start(span);
    else if (owner !== span) {
      if (!options.heals) problem(`${what} of ${nameOf(span)} finds ${nameOf(owner)} running`);
      for (let s: Span | null = owner; s && s !== span; s = s.under) {
        s.ended = true;
        open.delete(s);
      }
      owner = span;
    }
  };
  const indexed = (span: Span, n: number) => {
    if (span.row[4]?.[n] === undefined) problem(`${nameOf(span)} has no suspension point ${n}`);
  };

  const runtime = {
    file(path: string, rows: SiteRow[]): Table {
      // Copied in this realm, by index: a test may put things on its own Array.prototype, before or later.
      const copy: unknown[][] = [];
      for (let n = 0; n < rows.length; n++) {
        copy[n] = [];
        for (let i = 0; i < rows[n].length; i++) copy[n][i] = rows[n][i];
      }
      return { path, rows: copy as unknown as SiteRow[] };
    },
    enter(table: Table, n: number): Call {
      const row = table.rows[n];
      if (!row) problem(`no site ${n} in ${table.path}`);
      if (options.off) return new Call(null);
      const span: Span = { id: ++ids, row, under: owner, suspended: false, ended: false, done: false };
      owner = span;
      open.add(span);
      note('enter', span);
      return new Call(span);
    },
  };

  /** What emitted code holds; without a span it only hands values through, as while the runtime is off. */
  class Call implements Record<CallName, unknown> {
    #value: unknown;
    #result: unknown = NONE;
    #args: unknown[] = [];
    #given = 0;
    #holds = false;
    readonly #span: Span | null;
    constructor(span: Span | null) {
      this.#span = span;
    }
    #passes(event: string, rest: unknown = '') {
      if (!this.#span) return;
      note(event, this.#span, rest);
      if (!this.#holds) problem(`${event} of ${nameOf(this.#span)} without a value`);
      running(event, this.#span);
    }
    get takes() {
      return this.#span !== null && (options.takes ?? true);
    }
    set given(value: unknown) {
      const span = this.#span;
      if (!span) return;
      note('given', span, span.row[3]?.[this.#given++], value);
      running('given', span);
      if (this.#given > Math.min(span.row[3]?.length ?? 0, 12)) problem(`given to ${nameOf(span)}: too many`);
    }
    get result() {
      return this.#result;
    }
    set result(value: unknown) {
      this.#result = value;
      if (!this.#span) return;
      note(value === NONE ? 'remark' : 'done', this.#span, '', value);
      running('result', this.#span);
      this.#span.done = value !== NONE;
    }
    set in(value: unknown) {
      this.#value = value;
      this.#holds = true;
    }
    get out() {
      if (!this.#holds && this.#span) problem(`out of ${nameOf(this.#span)} without a value`);
      this.#holds = false;
      const value = this.#value;
      this.#value = undefined;
      return value;
    }
    set last(_: number) {
      this.#passes('last');
      this.#result = undefined;
      if (!this.#span) return;
      if (this.#span.row[2] !== Kind.AsyncGenerator) problem(`last in ${nameOf(this.#span)}`);
      this.#span.done = true;
      stop(this.#span);
    }
    set suspend(n: number) {
      this.#passes('suspend', n);
      if (!this.#span) return;
      indexed(this.#span, n);
      stop(this.#span);
    }
    set yields(n: number) {
      if (!this.#span) return;
      note('yields', this.#span, n);
      running('yields', this.#span);
      indexed(this.#span, n);
      stop(this.#span);
      this.#holds = true;
    }
    set resume(_: number) {
      if (!this.#span) return;
      note('resume', this.#span);
      if (!this.#holds) problem(`resume of ${nameOf(this.#span)} without a value`);
      if (!this.#span.suspended) problem(`resume of ${nameOf(this.#span)}, which runs`);
      else start(this.#span);
    }
    set returns(_: number) {
      this.resume = 0;
      returning = this.#span;
    }
    doneWith(value: unknown) {
      this.result = value;
      return value;
    }
    suspendWith(value: unknown, n: number) {
      this.in = value;
      this.suspend = n;
      return this.out;
    }
    yieldsWith(value: unknown, n: number) {
      this.in = value;
      this.yields = n;
      return this.out;
    }
    lastWith(value: unknown) {
      this.in = value;
      this.last = 0;
      return this.out;
    }
    returnsWith(value: unknown) {
      this.in = value;
      this.returns = 0;
      return this.out;
    }
    resumeWith(value: unknown, n?: number) {
      this.in = value;
      this.resume = 0;
      if (n !== undefined) this.leave(n);
      return this.out;
    }
    exit(): boolean {
      const span = this.#span;
      if (!span) return false;
      note('exit', span, span.done ? '' : 'thrown');
      if (span.ended) problem(`second exit of ${nameOf(span)}`);
      if (this.#holds) problem(`${nameOf(span)} holds a value at its end`);
      if (!span.suspended) {
        if (!options.heals) running('exit', span);
        owner = span.under;
      }
      span.ended = true;
      open.delete(span);
      return options.explain ?? false;
    }
    set arg(value: unknown) {
      this.#args[this.#args.length] = value;
    }
    explain() {
      const span = this.#span;
      if (!span) return;
      const names = span.row[3] ?? [];
      note('explain', span, names.map((name, i) => `${name}:${typeof this.#args[i]}`).join());
      if (this.#args.length !== Math.min(names.length, 12))
        problem(`explain of ${nameOf(span)}: other names`);
    }
    caught() {
      if (!this.#span) return;
      note('caught', this.#span);
      tolerant('caught', this.#span);
      this.#span.done = false;
      this.#result = NONE;
      this.#holds = false;
    }
    lastly(): unknown {
      const mark = this.#result;
      if (!this.#span) return mark;
      note('lastly', this.#span);
      tolerant('lastly', this.#span);
      this.#span.done = false;
      this.#result = NONE;
      this.#holds = false;
      return mark;
    }
    reenter() {
      this.#holds = false;
      this.#value = undefined;
      if (!this.#span) return;
      note('reenter', this.#span);
      tolerant('reenter', this.#span);
    }
    leave(n: number) {
      const span = this.#span;
      if (!span) return;
      note('leave', span, n);
      indexed(span, n);
      if (!span.suspended) {
        running('leave', span);
        stop(span);
      }
    }
    disposer(n: number) {
      const leave = () => this.leave(n);
      return { [(Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose')]: leave };
    }
  }
  const missing = ABI_NAMES.filter((name) => !(name in runtime));
  if (missing.length) throw new Error(`the recorder lacks ${missing}`);
  return { runtime: runtime as never, events, problems, listeners, owner: () => owner, open };
}
