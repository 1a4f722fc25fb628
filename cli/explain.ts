// `memprof explain`: why did this program die, and which function had the memory? Tells a recording as a story: what
// happened in one sentence, the culprit, then what it is drawn from. Serves whoever was woken for it, and `run`.

import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Frame, InFlight } from '../contract/recording';
import { cost } from '../contract/recording';
import { formatSize } from '../contract/size';
import {
  type Culprit,
  culpritOf,
  isNearLimit,
  lastFlight,
  NEAR,
  type Pressure,
  pressureOf,
  siteOf,
} from '../profile/culprit';
import type { Recording } from '../profile/recording';
import { formatTime, percent, placed, safe, sized } from '../profile/shown';
import { recordingsAt } from './recordings';

export const usage = `usage: memprof explain [RECORDING or FOLDER...]

Says why a recorded program died: the limit that was near, the function that had the memory, the calls that were in
flight. Recordings are made by \`memprof run\`, or by setting MEMPROF_RECORD. Default: the folder .memprof.

Exit status: 0 done, 1 there is no recording to read, 2 bad usage.`;

/** How a process ended, as Node's `exit` event tells it; `pid`: which one, where there may be several. */
export interface Fate {
  code: number | null;
  signal: string | null;
  pid?: number;
}

const IN_FLIGHT = 8;
const SPIKES = 5;
const STACKS = 5;
const FUNCTIONS = 5;
const NOTES = 5;

export function run(args: string[]): number {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const recordings = recordingsAt('explain', positionals);
  if (recordings === undefined) return 1;
  console.log(explain(recordings));
  return 0;
}

/**
 * The story of what was recorded, as lines of text without an end of line after the last. The one that died nearest to a
 * limit is told, others have a line each.
 */
export function explain(recordings: Recording[], fate?: Fate): string {
  const order = [...recordings].sort((a, b) => weight(b, fate) - weight(a, fate));
  const [first, ...others] = order;
  if (first === undefined) return 'memprof: there is no recording to explain.';
  const lines = storyOf(first, fateOf(first, fate));
  if (others.length > 0) {
    lines.push('', `recorded beside it (${others.length}):`);
    for (const one of others) lines.push(`  ${sentence(one, fateOf(one, fate))}`);
  }
  return lines.join('\n');
}

function fateOf({ header }: Recording, fate?: Fate): Fate | undefined {
  return fate?.pid === undefined || fate.pid === header.pid ? fate : undefined;
}

// Of those that broke off the one nearest to its limit; of one process's threads the one with the most memory of its own.
function weight(recording: Recording, fate?: Fate): number {
  const { heapShare, external, rss } = pressureOf(recording);
  const own = heapShare + (rss > 0 ? external / rss : 0);
  const died = recording.end === undefined ? 10 : 0;
  const near = isNearLimit(recording) ? 5 : 0;
  const meant = fate?.pid !== undefined && fate.pid === recording.header.pid ? 2 : 0;
  return died + near + meant + own;
}

function storyOf(recording: Recording, fate: Fate | undefined): string[] {
  const pressure = pressureOf(recording);
  const lines = [`memprof: ${sentence(recording, fate)}`];
  const culprit = culpritOf(recording);
  if (culprit) lines.push(...culpritLines(culprit, isNear(recording, pressure, fate)));
  else
    lines.push(
      '  No call was recorded: name what is to be measured, as `memprof run --instrument "src/**"`.',
    );
  lines.push(
    ...flightLines(recording),
    ...spikeLines(recording),
    ...liveLines(recording),
    ...functionLines(recording),
    ...noteLines(recording),
  );
  return lines;
}

function isNear(recording: Recording, pressure: Pressure, fate?: Fate): boolean {
  return isNearLimit(recording) || (isAbort(fate) && mayFill(pressure, recording.header.heapLimit));
}

/** What happened. */
function sentence(recording: Recording, fate: Fate | undefined): string {
  const { header, end } = recording;
  const pressure = pressureOf(recording);
  const thread = header.thread > 0 ? `, thread ${header.thread}` : '';
  const who = `${safe(path.basename(header.script) || 'the program')} (pid ${header.pid}${thread})`;
  if (fate && isAbort(fate)) return `${who} ${abort(recording, pressure, fate)}`;
  if (fate && isKill(fate)) return `${who} ${kill(recording, pressure, fate)}`;
  if (fate) return `${who} ${how(fate)}; ${usedOf(recording, pressure)}.`;
  if (end) {
    const code = end.code === null ? '' : ` with status ${end.code}`;
    const why = end.why === 'exit' ? `exited${code}` : `ended by ${safe(end.why)}`;
    return `${who} ${why} after ${formatTime(end.at)}; ${usedOf(recording, pressure)}.`;
  }
  const broke = 'has no last line in its recording: it was killed, or still runs';
  if (pressure.by === 'rss' && pressure.rssShare >= NEAR)
    return `${who} ${broke}. If it was killed, then most likely for its memory (${rssOf(recording, pressure)})${outside(pressure)}.`;
  if (pressure.heapShare >= NEAR)
    return `${who} ${broke}. If it died, it most likely ran out of memory: V8's heap limit (${heapOf(recording, pressure)}).`;
  if (mayFill(pressure, header.heapLimit))
    return `${who} ${broke}. If it died, it may have run out of memory: ${unasked(recording, pressure)}.`;
  return `${who} ${broke}; ${usedOf(recording, pressure)}.`;
}

// V8 gives up by abort(), or by an instruction that traps.
function isAbort(fate?: Fate): boolean {
  return fate !== undefined && ['SIGABRT', 'SIGTRAP', 'SIGILL'].includes(signalOf(fate) ?? '');
}

function isKill(fate: Fate): boolean {
  return signalOf(fate) === 'SIGKILL';
}

/** The signal that it died by; a shell in between tells it as 128 and its number. */
export function signalOf({ code, signal }: Fate): string | undefined {
  if (signal !== null) return signal;
  if (code === null || code <= 128) return undefined;
  return Object.entries(os.constants.signals).find(([, number]) => number === code - 128)?.[0];
}

function how(fate: Fate): string {
  return fate.signal === null ? `exited with status ${fate.code}` : `was killed by ${safe(fate.signal)}`;
}

// In one long operation of V8's nobody can ask for the heap, and RSS alone tells.
function mayFill({ rss, external }: Pressure, limit: number): boolean {
  return limit > 0 && rss - external >= NEAR * limit;
}

function abort(recording: Recording, pressure: Pressure, fate: Fate): string {
  const { heapLimit } = recording.header;
  if (pressure.heapShare >= NEAR)
    return `${how(fate)}, out of memory: V8's heap limit (${heapOf(recording, pressure)}).`;
  if (mayFill(pressure, heapLimit))
    return `${how(fate)}, most likely out of memory: ${unasked(recording, pressure)}.`;
  return `${how(fate)}, ${usedOf(recording, pressure)}: no limit was near, so its own message tells more.`;
}

function unasked({ header }: Recording, pressure: Pressure): string {
  const { rss, heap } = pressure;
  return `V8's heap limit of ${formatSize(header.heapLimit)} (RSS ${formatSize(rss)}; the heap was ${formatSize(heap)} when it could last be asked)${outside(pressure)}`;
}

function kill(recording: Recording, pressure: Pressure, fate: Fate): string {
  const by = fate.signal === null ? `exited with status ${fate.code}: it ` : '';
  if (recording.header.rssLimit !== null && pressure.rssShare >= NEAR)
    return `${by}was killed, most likely for its memory (${rssOf(recording, pressure)})${outside(pressure)}.`;
  const limit =
    recording.header.rssLimit === null
      ? "no limit of its memory is known, the kernel's log (dmesg) tells whether it was for that"
      : 'its own limit was not near, so somebody killed it, or the machine ran out of memory (dmesg tells)';
  return `${how(fate)}; ${usedOf(recording, pressure)}: ${limit}.`;
}

function outside({ buffers, external }: Pressure): string {
  return buffers ? `, ${formatSize(external)} of it outside the heap: Buffers` : '';
}

function heapOf({ header }: Recording, { heap, heapShare }: Pressure): string {
  return `heap ${formatSize(heap)} of ${formatSize(header.heapLimit)}, ${percent(heapShare)}`;
}

function rssOf({ header }: Recording, { rss, group, rssShare }: Pressure): string {
  if (header.rssLimit === null) return `RSS ${formatSize(rss)}`;
  const by = header.rssLimitBy === null ? '' : `, the limit by ${safe(header.rssLimitBy)}`;
  const all = group > rss ? `, ${formatSize(group)} with all processes of its group,` : '';
  return `RSS ${formatSize(rss)}${all} of ${formatSize(header.rssLimit)}${by}, ${percent(rssShare)}`;
}

function usedOf(recording: Recording, pressure: Pressure): string {
  if (recording.memory.length === 0) return 'nothing is recorded of its memory';
  return `last seen: ${heapOf(recording, pressure)}; ${rssOf(recording, pressure)}${outside(pressure)}`;
}

function culpritLines({ name, file, line, bytes, estimated, why }: Culprit, near: boolean): string[] {
  const what = near ? 'the culprit' : 'the most memory';
  const size = bytes > 0 ? sized(bytes, estimated) : 'its bytes are not known';
  return ['', `${what}: ${placed(name, file, line)}  ${size}`, `  ${why}`];
}

function flightLines(recording: Recording): string[] {
  const flight = lastFlight(recording);
  if (!flight || flight.calls.length === 0) return [];
  const count = flight.calls.length + flight.more;
  const shown = flight.calls.slice(0, IN_FLIGHT).map((call) => {
    const { name, file, line, awaits, params } = siteOf(recording, call.site);
    const shapes = call.given.map((shape, n) => `${safe(params[n] ?? `argument ${n + 1}`)}: ${safe(shape)}`);
    const given = shapes.length > 0 ? `\n    (${shapes.join(', ')})` : '';
    const waits = awaits[call.await];
    const age = formatTime(flight.at - call.started);
    const state =
      call.state === 1
        ? `runs, for ${age}`
        : call.state === 2
          ? `waits${waits === undefined ? '' : ` at line ${waits}`}, begun ${age} before`
          : `stands at a yield, begun ${age} before`;
    return `  ${sized(cost(call), call.awaited > 0)}  ${placed(name, file, line)}  ${state}${partsOf(call)}${given}`;
  });
  const rest = count - shown.length;
  if (rest > 0) shown.push(`  and ${rest} more`);
  return [
    '',
    `in flight ${formatTime(flight.at)} after the start (${safe(flight.why)}), ${count} ${count === 1 ? 'call' : 'calls'}:`,
    ...shown,
  ];
}

function partsOf({ self, children, awaited, external }: InFlight): string {
  const parts = [
    self > 0 && `self ${formatSize(self)}`,
    children > 0 && `called ${formatSize(children)}`,
    awaited > 0 && `awaited ~${formatSize(awaited)}`,
    external > 0 && `external ${formatSize(external)}`,
  ].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function spikeLines(recording: Recording): string[] {
  const shown = recording.spikes.slice(-SPIKES).reverse();
  if (shown.length === 0) return [];
  const lines = ['', 'calls that passed their threshold, the last one first:'];
  for (const { at, site, total, awaited, external, arguments: given, awaitedValues, returned } of shown) {
    const { name, file, line } = siteOf(recording, site);
    const shapes = given.map(([one, shape]) => `${safe(one)}: ${safe(shape)}`).join(', ');
    const returns = returned === null ? '' : `: ${safe(returned)}`;
    lines.push(
      `  ${formatSize(total)}, awaited ~${formatSize(awaited)}, external ${formatSize(external)}  ${placed(name, file, line)}  at ${formatTime(at)}`,
      `    (${shapes})${returns}`,
    );
    for (const [where, shape, bytes] of awaitedValues)
      lines.push(`    awaited at line ${where}: ${safe(shape)}, ~${formatSize(bytes)}`);
  }
  return lines;
}

function liveLines({ live }: Recording): string[] {
  const last = live.at(-1);
  if (!last || last.stacks.length === 0) return [];
  const lines = [
    '',
    `alive on the heap at ${percent(last.share)} of the ${safe(last.by)} limit, by who made it (sampled):`,
  ];
  const stacks = [...last.stacks].sort((a, b) => b.bytes - a.bytes).slice(0, STACKS);
  for (const { bytes, frames } of stacks) lines.push(`  ~${formatSize(bytes)}  ${stackOf(frames)}`);
  return lines;
}

// The innermost frames say what made it, those of the program for whom.
function stackOf(frames: Frame[]): string {
  if (frames.length === 0) return '(no stack)';
  const own = frames.filter(([, file], n) => n === 0 || (file !== '' && !file.startsWith('node:')));
  return own
    .slice(0, 3)
    .map(([name, file, line]) => placed(name, file, line))
    .join('  <-  ');
}

function functionLines(recording: Recording): string[] {
  const order = [...recording.sums]
    .map(([site, sums]) => ({ site, sums, bytes: sums.self + sums.awaited + sums.external }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, FUNCTIONS);
  if (order.length === 0) return [];
  const lines = ['', 'functions by what they allocated since the start, of ended calls:'];
  for (const { site, sums, bytes } of order) {
    const { name, file, line } = siteOf(recording, site);
    lines.push(
      `  ${sized(bytes, sums.awaited > 0)}  ${placed(name, file, line)}  ${Math.round(sums.calls)} calls, self ${formatSize(sums.self)}, total ${formatSize(sums.total)}, awaited ~${formatSize(sums.awaited)}, external ${formatSize(sums.external)}`,
    );
  }
  return lines;
}

function noteLines({ notes, lost, skipped }: Recording): string[] {
  const lines = notes.slice(-NOTES).map(({ at, text }) => `  at ${formatTime(at)}: ${safe(text)}`);
  if (lost > 0) lines.push(`  ${lost} ended calls have no line of their own: only sums tell of them`);
  if (skipped > 0) lines.push(`  ${skipped} lines of the recording cannot be read and are left out`);
  return lines.length > 0 ? ['', 'notes:', ...lines] : [];
}
