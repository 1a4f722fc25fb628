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

/** What emitted code imports. */
export const ABI_NAMES = [
  'file', // file(path, rows): the table of a source file, made at the first call of one of its functions
  'enter', // enter(table, n): call                  a call of site n begins
] as const;
export type AbiName = (typeof ABI_NAMES)[number];

/**
 * The members of what `enter` returned, in the order of a call's life; while the runtime is off, each does
 * nothing but hand its value through. A value that passes a boundary goes `in`, then comes the event, then the
 * value comes `out`: `$s.in=$r,$s.suspend=$r=3,$s.out`. Events are assignments and values wait in `$r`, a
 * variable of the file that holds one for no longer than such a row: a function keeps no register for them
 * while it calls another one, and so loses least of the deepest recursion. Where it calls nothing, they are handed over in
 * a call: to store what is young in what is old takes longer than all else that is done for a call which is not measured.
 */
export const CALL_NAMES = [
  'takes', // .takes: boolean     true asks for its parameters at once, while they are what they were called with
  'given', // .given = value      the value of the next one
  'result', // .result = value     the body completes (return, or its end is reached)
  'in', // .in = value             a value on its way through one of the four that follow
  'suspend', // .suspend = n       before the await with index n
  'yields', // .yields = n         before a yield or yield*
  'last', // .last = n             `return E` of an async generator: completes, and awaits E
  'resume', // .resume = 0         after an await or a yield
  'returns', // .returns = 0       the same, and nothing but .result and .exit() follows
  'out', // .out: value            the value (none went in: undefined), which the call forgets; here it stops
  'doneWith', // .doneWith(value): value            \
  'suspendWith', // .suspendWith(value, n): value      | the same in one call: where no call made it, or the
  'yieldsWith', // .yieldsWith(value, n): value       | statement holds a nameless function, which would be shown
  'lastWith', // .lastWith(value): value            | as `$r`; `resumeWith` with an n leaves again: the head of
  'resumeWith', // .resumeWith(value, n?): value      | a for-await
  'returnsWith', // .returnsWith(value): value        /
  'caught', // .caught()           first in a user's catch block
  'lastly', // .lastly(): mark     first in a user's finally block; .result = mark is last: its completion goes on
  'reenter', // .reenter()         a for-await body begins, with what came `in` where it has a name; or its loop is over
  'leave', // .leave(n)            a for-await body ends
  'disposer', // .disposer(n)      `await using`: a Disposable that is disposed first and leaves
  'exit', // .exit(): boolean      the call ends, suspended or not; true asks for its parameters
  'arg', // .arg = value           the value of the next parameter
  'explain', // .explain()         that was the last one
] as const;
export type CallName = (typeof CALL_NAMES)[number];
