// Every error and warning that memprof can give, in one table: a code, what happened, and the next
// step to take. Values at fault go into the holes. docs/errors.md lists exactly these (tested).

const TABLE = {
  MEMPROF_E_OPTION:
    'memprof/transformer: unknown option "{key}" (value {value}). Allowed: {allowed}. Check the plugin\'s entry in tsconfig.json.',
  MEMPROF_E_OPTION_VALUE: 'memprof/transformer: option "{key}" is {value}. Allowed: {allowed}.',
  MEMPROF_E_PATTERN:
    'memprof/transformer: option "{key}" holds the pattern {value}, which cannot be read: {reason}. Allowed: {allowed}.',
  MEMPROF_E_TAG_SIZE: '@memprof tag: {value} is no size. Allowed: {allowed}, or "off".',
  MEMPROF_E_TYPESCRIPT:
    'memprof/transformer: no TypeScript compiler was handed in or found from {value}. Install typescript (5.x or 6.0), or @typescript/typescript6 beside TypeScript 7, or pass it as the option "typescript".',
  MEMPROF_E_CONFIGURE: 'memprof.configure: "{key}" is {value}. Allowed: {allowed}.',
  MEMPROF_E_TRACK: 'memprof.track: {key} is {value}. Allowed: {allowed}.',
  MEMPROF_E_MERGE: 'memprof.merge: {key} is {value}. Allowed: {allowed}.',
  MEMPROF_E_EVENT: 'memprof.on: there is no event {value}. Allowed: {allowed}.',
  MEMPROF_E_TEST: 'memprof/test: {key} is {value}. Allowed: {allowed}.',
  MEMPROF_E_TEST_OFF:
    'memprof/test: {key}: nothing can be measured. Unset it, or set MEMPROF=on, where memory is tested.',
  MEMPROF_E_TEST_GC:
    'memprof/test: the heap cannot be collected in this process. Start it with node --expose-gc (NODE_OPTIONS does not take that flag).',
  MEMPROF_E_TEST_OVERLAP:
    'memprof/test: {key} was called while {value} was measuring: each would count what the other allocates. Await one before the next.',
  MEMPROF_W_SWITCH:
    '{key}={value} is neither on nor off: memprof is on. Allowed: on, 1, true, yes; off, 0, false, no, or empty.',
  MEMPROF_W_ENV: '{key}={value} is ignored. Allowed: {allowed}.',
  MEMPROF_W_LISTENER:
    'a listener of memprof.on("{key}") threw: {value}. It stays registered; the program goes on.',
  MEMPROF_W_LOGGER: 'the logger threw: {value}. This record is lost; the program goes on.',
  MEMPROF_W_ALERT:
    'the alert rule {key} is never raised here: {reason}. The other rules are watched; the program goes on.',
  MEMPROF_W_WEBHOOK:
    'the webhook at {key} does not take an alert: {reason}. What was not sent is counted in the next one that is; the program goes on.',
  MEMPROF_W_RECORD:
    'this program is not recorded: {key}: {value}. Check the folder that MEMPROF_RECORD names, or set MEMPROF_RECORD=off; the program goes on.',
  MEMPROF_W_SNAPSHOT:
    'no heap snapshots: {key}: {value}. Check the folder that MEMPROF_SNAPSHOT names, or set MEMPROF_SNAPSHOT=off; the program goes on.',
  MEMPROF_W_SECOND_COPY:
    'a second, incompatible copy of memprof (ABI {value}) was loaded beside ABI {key}: functions built for it are not measured. Install one version.',
  MEMPROF_W_NOTHING:
    "memprof/transformer: option \"{key}\": {value} selects nothing. Check the spelling against a function's label (Class.method, name) or a file's path from the project's root.",
  MEMPROF_W_UNUSED:
    'memprof is on and measures nothing: {reason}. Put a tag on a function, or name one by an option; `memprof doctor` says more.',
  MEMPROF_W_TAG_TARGET:
    '@memprof stands on {value}, which has no body to measure; nothing was changed. Put it on a function, method or class.',
  MEMPROF_W_TAG_TRAVELS:
    '@memprof: the source text of {value} travels ({reason}), so it must not call the runtime; it was left alone. Move the work into a function of its own and tag that.',
  MEMPROF_W_FUNCTION: 'memprof: {value} was left alone: {reason}.',
  MEMPROF_W_FILE: 'memprof: this file was left alone: {reason}.',
} as const;

export type Code = keyof typeof TABLE;
export const CODES = Object.keys(TABLE) as Code[];

/** The message of a code with its holes filled; a value is shown as JSON where it can be, shortened. */
export function message(code: Code, holes: Record<string, unknown> = {}): string {
  return TABLE[code].replace(/\{(\w+)\}/g, (_, hole: string) => show(hole, holes[hole]));
}

/** An error of the table: `code` is its key, the message names the value at fault and what is allowed. */
export class MemprofError extends Error {
  override name = 'MemprofError';
  constructor(
    readonly code: Code,
    holes: Record<string, unknown> = {},
  ) {
    super(`${message(code, holes)} [${code}]`);
  }
}

function show(hole: string, value: unknown): string {
  // Only `value` is the user's own; the other holes are words of ours.
  if (hole !== 'value') return String(value);
  let text: string | undefined;
  try {
    text = typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : JSON.stringify(value);
  } catch {
    // A circular value: its type says enough.
  }
  text ??= typeof value === 'function' ? 'a function' : String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
