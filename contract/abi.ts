// What emitted code and the runtime agree on: the names, what each must do, and the shape of a
// site table. The transformer spells these names into programs; the runtime implements them.
// Nothing else is shared between the two, and neither imports the other.

/** Raised when emitted code of an older build would no longer run on a newer runtime. */
export const ABI = 1;

/** The module that emitted code imports. */
export const RUNTIME_MODULE = 'memprof/runtime';

/** How a function runs: decides what its exits and suspensions mean. */
export const Kind = { Sync: 0, Async: 1, Generator: 2, AsyncGenerator: 3 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * One instrumented function, as the transformer writes it into a file's table.
 * `[name, line, kind, params, awaits, spike]`: the label (`FlightService.getFlightHistory`), its
 * line in the source (from 1), how it runs, the names of its parameters' bindings in the order in
 * which `explain` passes their values, the source lines of its suspension points in the order of
 * their index, and its own spike threshold in bytes (absent: the global one).
 */
export type SiteRow = [
  name: string,
  line: number,
  kind: Kind,
  params?: string[],
  awaits?: number[],
  spike?: number,
];

/**
 * Every function that emitted code may call, in the order of a call's life. `S` is what `enter`
 * returned: a span, or `null` while the runtime is off; each of them takes `null` and then does
 * nothing but hand its value through.
 */
export const ABI_NAMES = [
  'file', // file(path, rows): the table of a source file, made at the first call of one of its functions
  'enter', // enter(table, n): S                     a call of site n begins
  'done', // done(S, value?): value                  the body completes (return, or its end is reached)
  'last', // last(S, value): value                   `return E` of an async generator: completes, and awaits E
  'exit', // exit(S): boolean                        the call ends, suspended or not; true asks for `explain`
  'explain', // explain(S, values): void             the values of the parameters, for shapes
  'suspend', // suspend(S, value, n): value          before the await with index n
  'yields', // yields(S, value, n): value            before a yield or yield*
  'resume', // resume(S, value): value               after an await or a yield
  'caught', // caught(S): void                       first in a user's catch block
  'lastly', // lastly(S): mark                       first in a user's finally block
  'remark', // remark(S, mark): void                 last in a user's finally block: its pending completion goes on
  'reenter', // reenter(S): void                     a for-await body begins, or its loop is over
  'leave', // leave(S, n): void                      a for-await body ends
  'disposer', // disposer(S, n): Disposable          `await using`: disposed first, it leaves
] as const;
export type AbiName = (typeof ABI_NAMES)[number];
