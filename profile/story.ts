// What happened to a recorded program, in a sentence, and which function had the memory? Serves `explain` and `report`,
// which tell the same story on a terminal and on a page.

import os from 'node:os';
import { unexplainedOf } from '../contract/explained';
import { type InFlight, State } from '../contract/recording';
import { formatSize } from '../contract/size';
import { type Culprit, isNearLimit, NEAR, type Pressure, pressureOf } from './culprit';
import type { Recording, Site, Suspect } from './recording';
import { formatTime, percent, placed, safe, scriptOf, sized } from './shown';
import { trendOf } from './trend';

const MINUTE = 60_000;
// It may hold several places.
const LONGEST_HINT = 1000;

/** How a process ended, as Node's `exit` event tells it; `pid`: which one, where there may be several. */
export interface Fate {
  code: number | null;
  signal: string | null;
  pid?: number;
}

/** Those that broke off first, the one nearest to its limit before the others. */
export function byWeight(recordings: Recording[], fate?: Fate): Recording[] {
  return [...recordings].sort((a, b) => weight(b, fate) - weight(a, fate));
}

export function fateOf({ header }: Recording, fate?: Fate): Fate | undefined {
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

export function isNear(recording: Recording, pressure: Pressure, fate?: Fate): boolean {
  return isNearLimit(recording) || (isAbort(fate) && mayFill(pressure, recording.header.heapLimit));
}

/** What happened; `fate` where somebody saw it end. */
export function sentence(recording: Recording, fate: Fate | undefined): string {
  const { header, end } = recording;
  const pressure = pressureOf(recording);
  const thread = header.thread > 0 ? `, thread ${header.thread}` : '';
  const who = `${scriptOf(header)} (pid ${header.pid}${thread})`;
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

/** What stays on the heap, where that grows for certain: a sentence. */
export function trendSentence(recording: Recording): string | undefined {
  const trend = trendOf(recording);
  if (!trend?.grows) return undefined;
  const { slope, low, high, points, left, confidence } = trend;
  const each = (bytes: number) => formatSize(Math.max(0, bytes * MINUTE));
  const until = left === undefined ? '' : `; at that rate V8's limit is ${formatTime(left)} away`;
  return `What stays on the heap grew by ${each(slope)} a minute (${each(low)} to ${each(high)}, over ${points} collections of all of it, ${certain(confidence)} that it grows)${until}.`;
}

/** Which functions make what is not let go, where the program has looked for it: a line each, after one that says so. */
export function suspectLines({ suspects }: Recording): string[] {
  if (!suspects || suspects.all.length === 0) return [];
  const lines = [
    `what is not let go is made by (looked for in the program, ${formatTime(suspects.at)} after its start):`,
  ];
  for (const one of suspects.all) {
    const { name, file, line, growth, low, high, bytes, confidence, explains } = one;
    const share = explains === null ? '' : `, ~${percent(explains)} of what grows`;
    const sure = confidence === null ? '' : `, ${certain(confidence)}`;
    lines.push(
      `  ~${formatSize(growth)} a minute (${formatSize(low)} to ${formatSize(high)}${share}${sure})  ${placed(name, file, line)}  ~${formatSize(bytes)} alive`,
    );
    const more = moreOf(one);
    if (more !== '') lines.push(`    ${more}`);
  }
  const rest = restOf(suspects.all);
  if (rest !== undefined) lines.push(`  ${rest}`);
  return lines;
}

/** What lives on of a suspect's, and what else is known of it; empty where nothing is. */
export function moreOf({ by, survivors, shape, hint }: Suspect): string {
  const what = by === 'arguments' ? 'arguments' : 'results';
  const those =
    survivors > 0 ? `~${survivors} ${what} live on${shape === null ? '' : `: ${safe(shape)}`}` : '';
  return [those, safe(hint, LONGEST_HINT)].filter(Boolean).join('; ');
}

/** What none of them explains, where that is more than half, and the recording says how much each one does. */
export function restOf(suspects: Suspect[]): string | undefined {
  const known = suspects.flatMap(({ by, explains }) => (explains === null ? [] : [{ by, explains }]));
  return known.length === suspects.length ? unexplainedOf(known) : undefined;
}

function certain(confidence: number): string {
  return `confidence ${confidence.toFixed(2)}`;
}

/** What a call in flight does at a moment, and for how long. */
export function stateOf({ state, started, await: index }: InFlight, { awaits }: Site, at: number): string {
  const age = formatTime(at - started);
  if (state === State.Runs) return `runs, for ${age}`;
  const line = awaits[index];
  return state === State.Waits
    ? `waits${line === undefined ? '' : ` at line ${line}`}, begun ${age} before`
    : `stands at a yield, begun ${age} before`;
}

/** What the recording does not have, a sentence each. */
export function gapsOf({ lost, skipped }: Recording): string[] {
  const gaps: string[] = [];
  if (lost > 0) gaps.push(`${lost} ended calls have no line of their own: only sums tell of them`);
  if (skipped > 0) gaps.push(`${skipped} lines of the recording cannot be read and are left out`);
  return gaps;
}

/** An empty line, who it was, and why. */
export function culpritLines({ name, file, line, bytes, estimated, why }: Culprit, near: boolean): string[] {
  const what = near ? 'the culprit' : 'the most memory';
  const size = bytes > 0 ? sized(bytes, estimated) : 'its bytes are not known';
  return ['', `${what}: ${placed(name, file, line)}  ${size}`, `  ${why}`];
}
