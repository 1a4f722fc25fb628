// A runtime that counts nothing and watches everything: it implements the ABI of emitted code, writes
// each event down and checks that exactly one owner runs at any time. It serves the emitter's tests; what
// it calls a problem is a fault of the emitted code, not of a program.

import { ABI_NAMES, Kind, type SiteRow } from '../../contract/abi';

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
  /** Who runs now; `null` at the end of any turn of the event loop. */
  owner(): Span | null;
  /** Spans that were entered and have not ended. */
  open: Set<Span>;
}

/**
 * @param options `off`: every `enter` answers null, as the runtime does while it is off; `explain`:
 *   what `exit` answers; `heals`: `caught` may find a stale owner (after a stack overflow)
 */
export function recorder(options: { off?: boolean; explain?: boolean; heals?: boolean } = {}): Recorder {
  const events: string[] = [];
  const problems: string[] = [];
  const open = new Set<Span>();
  let owner: Span | null = null;
  let ids = 0;

  const nameOf = (span: Span | null) => (span ? span.row[0] : 'nobody');
  const note = (event: string, span: Span, rest: unknown = '') => {
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
    enter(table: Table, n: number): Span | null {
      const row = table.rows[n];
      if (!row) problem(`no site ${n} in ${table.path}`);
      if (options.off) return null;
      const span: Span = { id: ++ids, row, under: owner, suspended: false, ended: false, done: false };
      owner = span;
      open.add(span);
      note('enter', span);
      return span;
    },
    done(span: Span | null, value?: unknown) {
      if (span) {
        note('done', span);
        running('done', span);
        span.done = true;
      }
      return value;
    },
    last(span: Span | null, value: unknown) {
      if (span) {
        note('last', span);
        running('last', span);
        if (span.row[2] !== Kind.AsyncGenerator) problem(`last in ${nameOf(span)}`);
        span.done = true;
        stop(span);
      }
      return value;
    },
    exit(span: Span | null): boolean {
      if (!span) return false;
      note('exit', span, span.done ? '' : 'thrown');
      if (span.ended) problem(`second exit of ${nameOf(span)}`);
      if (!span.suspended) {
        if (!options.heals) running('exit', span);
        owner = span.under;
      }
      span.ended = true;
      open.delete(span);
      return options.explain ?? false;
    },
    explain(span: Span | null, values: unknown[]) {
      const names = span?.row[3] ?? [];
      if (span) note('explain', span, names.map((name, i) => `${name}:${typeof values[i]}`).join());
      if (values.length !== Math.min(names.length, 12)) problem(`explain of ${nameOf(span)}: other names`);
    },
    suspend(span: Span | null, value: unknown, n: number) {
      if (span) {
        note('suspend', span, n);
        running('suspend', span);
        indexed(span, n);
        stop(span);
      }
      return value;
    },
    yields(span: Span | null, value: unknown, n: number) {
      if (span) {
        note('yields', span, n);
        running('yields', span);
        indexed(span, n);
        stop(span);
      }
      return value;
    },
    resume(span: Span | null, value: unknown) {
      if (span) {
        note('resume', span);
        if (!span.suspended) problem(`resume of ${nameOf(span)}, which runs`);
        else start(span);
      }
      return value;
    },
    caught(span: Span | null) {
      if (!span) return;
      note('caught', span);
      tolerant('caught', span);
      span.done = false;
    },
    lastly(span: Span | null): boolean {
      if (!span) return false;
      note('lastly', span);
      tolerant('lastly', span);
      const { done } = span;
      span.done = false;
      return done;
    },
    remark(span: Span | null, mark: boolean) {
      if (!span) return;
      note('remark', span);
      running('remark', span);
      span.done = mark;
    },
    reenter(span: Span | null) {
      if (!span) return;
      note('reenter', span);
      tolerant('reenter', span);
    },
    leave(span: Span | null, n: number) {
      if (!span) return;
      note('leave', span, n);
      indexed(span, n);
      if (!span.suspended) {
        running('leave', span);
        stop(span);
      }
    },
    disposer(span: Span | null, n: number) {
      const leave = () => runtime.leave(span, n);
      return { [(Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose')]: leave };
    },
  };
  const missing = ABI_NAMES.filter((name) => !(name in runtime));
  if (missing.length) throw new Error(`the recorder lacks ${missing}`);
  return { runtime: runtime as never, events, problems, owner: () => owner, open };
}
