// The log: an info line for each finished call, rate-limited for each function, and a warning that
// tells a spike's story. By pino, which is loaded for the first line and not before (tracers patch what is
// loaded after them); to stderr, since stdout belongs to the program; written at once, since the last
// line before a process dies is the one that matters.

import { isatty } from 'node:tty';
import { threadId } from 'node:worker_threads';
import { formatSize } from '../contract/size';
import type { Trend } from '../contract/trend';
import { skippedOf } from './budget';
import { type Logger, settings } from './config';
import type { AlertRecord, CallRecord, SpikeRecord } from './events';
import type { Suspect } from './leaks/suspects';
import { PROBED, type Site } from './sites';
import { thrown, warnOnce } from './warn';

const STDERR = 2;
const MINUTE = 60_000;
// Each function: this many lines at once, then so many a second.
const BURST = 5;
const PER_SECOND = 1;

/** Slots of a site in its table's `lines`: tokens left, when they were counted, lines left out since the last one. */
const TOKENS = 0;
const COUNTED_AT = 1;
const LEFT_OUT = 2;
const LINES_WIDTH = 3;

/** Whether a call of this function that ended `at` (ms) is to be logged; if not it is counted, and `calls` that it stands for. */
export function mayLog(site: Site, at: number, calls: number): boolean {
  if (settings.log !== 'all') return false;
  const { table } = site;
  if (table.lines === null) {
    table.lines = new Float64Array(LINES_WIDTH * table.sites.length);
    for (let n = 0; n < table.sites.length; n++) table.lines[n * LINES_WIDTH + TOKENS] = BURST;
  }
  const { lines } = table;
  const from = site.n * LINES_WIDTH;
  if (lines[from + COUNTED_AT] === 0) lines[from + COUNTED_AT] = at;
  if (lines[from + TOKENS] >= 1) return true;
  const since = at - lines[from + COUNTED_AT];
  lines[from + TOKENS] = Math.min(BURST, lines[from + TOKENS] + (since / 1000) * PER_SECOND);
  lines[from + COUNTED_AT] = at;
  if (lines[from + TOKENS] >= 1) return true;
  if (lines[from + LEFT_OUT] === 0) leaveOut(site);
  lines[from + LEFT_OUT] += calls;
  return false;
}

/** The line of a finished call: the classical figures, and the true ones beside them. */
export function logCall(site: Site, record: CallRecord): void {
  const { lines } = site.table;
  const from = site.n * LINES_WIDTH;
  if (settings.log !== 'all' || lines === null || lines[from + TOKENS] < 1) return;
  lines[from + TOKENS]--;
  const leftOut = lines[from + LEFT_OUT] + record.calls - 1;
  lines[from + LEFT_OUT] = 0;
  // Calls of a function that is sampled may pass without a line to count them.
  if (leftOut > 0 && site.table.paces === null) leftOutOf.delete(site);
  write('info', { ...fieldsOf(record), ...(leftOut > 0 && { leftOut }) }, callText(record, leftOut));
}

/** The warning of a spike. */
export function logSpike(record: SpikeRecord): void {
  if (settings.log === 'off') return;
  const { threshold, returned, awaitedValues } = record;
  const fields = { ...fieldsOf(record), threshold, arguments: record.arguments, awaitedValues, returned };
  write('warn', fields, spikeText(record));
}

/** The line of an alert, and of what has recovered. */
export function logAlert({
  rule,
  state,
  at,
  value,
  threshold,
  unit,
  function: about,
  message,
}: AlertRecord): void {
  if (settings.log === 'off') return;
  const place = about && { function: about.name, file: about.file, line: about.line };
  const fields = { alert: rule, state, at, value, threshold, unit, ...place };
  write(state === 'raised' ? 'warn' : 'info', fields, `alert ${message}`);
}

/** The line that says who made what is nobody's. */
export function logUnowned(fields: Record<string, unknown>, text: string): void {
  write('info', fields, text);
}

/** What came of a heap snapshot (snapshots/): written, or why not. */
export function logSnapshot(fields: Record<string, unknown>, text: string): void {
  if (settings.log !== 'off') write('warn', fields, text);
}

/** The line that says what is not let go; the worst first. */
export function logSuspects(
  suspects: Suspect[],
  trend: Trend | undefined,
  unexplained: string | undefined,
): void {
  if (settings.log === 'off') return;
  const each = (bytes: number) => `~${formatSize(bytes)} a minute`;
  const until =
    trend?.left === undefined
      ? ''
      : `; at that rate V8's limit is ${(trend.left / MINUTE).toFixed(0)} min away`;
  const grows =
    trend === undefined
      ? ''
      : ` by ${each(trend.slope * MINUTE)} (confidence ${trend.confidence.toFixed(2)})`;
  const text = [`what is not let go grows${grows}${until}`];
  for (const { name, file, line, growth, bytes, confidence, explains, shape, hint } of suspects) {
    text.push(
      `${each(growth)}  ${name}  ${file}:${line}  ~${formatSize(bytes)} alive, ~${Math.round(100 * explains)} % of what grows, confidence ${confidence.toFixed(2)}`,
    );
    const more = [shape, hint].filter(Boolean).join('; ');
    if (more !== '') text.push(`  ${more}`);
  }
  if (unexplained !== undefined) text.push(unexplained);
  write('warn', { trend, suspects, unexplained }, text.join('\n     '));
}

// The classical form (kind to executionTime) is what the decorators' world greps for.
function fieldsOf(record: CallRecord): Record<string, unknown> {
  const { kind, name, startMemory, endMemory, memoryConsumed, time, file, line } = record;
  const { self, total, awaited, external, error, others } = record;
  return {
    kind,
    function: name,
    startMemory,
    endMemory,
    memoryConsumed,
    executionTime: time,
    allocated: total + awaited,
    self,
    total,
    awaited,
    external,
    error,
    file,
    line,
    inFlight: others,
  };
}

function callText(record: CallRecord, leftOut: number): string {
  const { startMemory, endMemory, memoryConsumed } = record;
  const more = leftOut > 0 ? `, ${leftOut} more of its calls left out` : '';
  return `${headline(record)}, heapUsed ${formatSize(startMemory)} to ${formatSize(endMemory)} (${memoryConsumed < 0 ? '' : '+'}${formatSize(memoryConsumed)})${more}`;
}

function headline(record: CallRecord): string {
  const { name, total, awaited, external, time, error } = record;
  // An estimate in the sum makes the sum one.
  const about = awaited > 0 ? '~' : '';
  const off = external > 0 ? ` and ${formatSize(external)} off the heap` : '';
  return `${name} allocated ${about}${formatSize(total + awaited)}${off} in ${formatTime(time)}${error ? ', then threw' : ''}`;
}

/** A spike, as a person reads it: what, where, with which arguments, awaiting what. */
function spikeText(record: SpikeRecord): string {
  const { others, file, line, awaitedValues, returned } = record;
  const flight = others === 0 ? 'no other call' : others === 1 ? '1 other call' : `${others} other calls`;
  const text = [`${headline(record)} (${flight} in flight)  ${file}:${line}`];
  if (record.arguments.length > 0) {
    text.push(`arguments  ${record.arguments.map(({ name, shape }) => `${name}: ${shape}`).join(', ')}`);
  }
  awaitedValues.forEach(({ line: at, shape, bytes }, n) => {
    text.push(`${n === 0 ? 'awaited    ' : '           '}line ${at}: ${shape}, ~${formatSize(bytes)}`);
  });
  if (returned !== null) text.push(`returned   ${returned}`);
  return text.join('\n     ');
}

function formatTime(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

let own: Logger | undefined;

function write(level: 'info' | 'warn', fields: Record<string, unknown>, text: string): void {
  try {
    const logger = settings.logger ?? (own ??= openLog());
    if (threadId > 0) fields.threadId = threadId;
    logger[level](fields, text);
  } catch (error) {
    warnOnce('MEMPROF_W_LOGGER', { value: thrown(error) });
  }
}

function openLog(): Logger {
  const { pino } = require('pino') as typeof import('pino');
  const options = { name: 'memprof', level: 'info', base: { pid: process.pid } };
  if (!isatty(STDERR)) return pino(options, pino.destination({ dest: STDERR, sync: true }));
  const { build } = require('pino-pretty') as typeof import('pino-pretty');
  // On a terminal the text says it all.
  return pino(
    options,
    build({ destination: STDERR, sync: true, colorize: true, hideObject: true, ignore: 'pid' }),
  );
}

// Lines left out after a function's last line would go untold: one line at the end says how many.
const leftOutOf = new Set<Site>();
let waiting = false;

function leaveOut(site: Site): void {
  if (site.line === PROBED) return;
  leftOutOf.add(site);
  if (waiting) return;
  waiting = true;
  process.on('exit', tellLeftOut);
}

function tellLeftOut(): void {
  if (settings.log !== 'all') return;
  const functions: Record<string, number> = {};
  let sum = 0;
  for (const site of leftOutOf) {
    const { name, table, n } = site;
    const leftOut = (table.lines?.[n * LINES_WIDTH + LEFT_OUT] ?? 0) + skippedOf(site);
    if (leftOut === 0) continue;
    functions[name] = (functions[name] ?? 0) + leftOut;
    sum += leftOut;
  }
  if (sum > 0)
    write(
      'info',
      { leftOut: sum, functions },
      `${sum} lines of finished calls were left out (at most ${PER_SECOND} a second for each function)`,
    );
}
