// The recorder's thread: reads what the program's thread leaves in shared memory, fifty times a second, and writes it
// to disk. Must never keep the process open, print, or fail aloud.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { cost, type FunctionRow } from '../../contract/recording';
import { SITE_WIDTH } from '../sites';
import { Running } from '../span';
import { type Flying, givenOf, inFlight, running } from './flight';
import {
  CODE,
  GO_ON,
  HEAD,
  LOOKS,
  LOST,
  type Message,
  R_AWAITED,
  R_EXTERNAL,
  R_OWN,
  R_PATH,
  R_SELF,
  R_SITE,
  R_STARTED,
  R_TIME,
  R_TOTAL,
  R_WEIGHT,
  RECORD_WIDTH,
  RING,
  STOP,
  STOPPED,
  type Start,
  TAIL,
  WHY,
  WHYS,
} from './layout';
import type { FrameAt } from './live';
import { Paths } from './path-sums';
import { type Mapped, type Place, Places } from './places';
import { Watch } from './watch';
import { Writer } from './writer';

const POLL = 20;
const BEAT = 1000;
const SHOWN = 50;
const SHOWN_IN_A_BEAT = 10;
const MOST_BYTES = 32e6;
// Slots of a table's sums, in the order of the line: calls, errors, self, total, awaited, external, max, time.
const SUMS = 8;

interface File {
  first: number;
  path: string;
  rows: FunctionRow[];
  sums: Float64Array;
  /** The sums that were written last. */
  told: Float64Array;
}

const start = workerData as Start;
const { head, ring, looks, ledger, meter, counts, slots, port } = start;
// Both clocks begin at their own thread's start.
const ahead = performance.timeOrigin - start.timeOrigin;
const files: File[] = [];
const paths = new Paths(start);
const places = new Places();
const writer = new Writer(
  start.folder,
  start.header,
  begin,
  (error) => parentPort?.postMessage(error.message),
  MOST_BYTES,
);
const watch = new Watch(start, {
  step: () => memory(at()),
  near: (why) => flight(why, SHOWN),
  live,
  note: (text) => writer.add(['note', at(), text]),
});
const ORDERED = process.arch === 'x64' || process.arch === 'ia32';
let headBefore = 0;
let beatAt = 0;
let lost = 0;
let collected = 0;
let majors = 0;
let long: Flying | undefined;
let longTold = -1;

function at(): number {
  return round(performance.now() + ahead);
}

function round(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}

function begin(): string {
  // The file before it may go: all sums are told anew.
  for (const { told } of files) told.fill(0);
  paths.forget();
  return [start.header, ...files.map(lineOf), ...paths.all(), ...placesLine(places.known)]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

function lineOf({ first, path, rows }: File): unknown {
  return ['file', first, path, rows];
}

function poll(): void {
  const asked = Atomics.load(head, STOP);
  messages();
  ended(asked);
  const now = at();
  if (meter[slots.collections + 1] !== majors) collections(now);
  follow();
  watch.look();
  looks.fill(LOOKS);
  if (now - beatAt >= BEAT) {
    beatAt = now;
    sums(now);
    collections(now);
    memory(now);
    beat();
  }
  if (asked !== 0) answer(asked);
  writer.flush();
  if (asked === 0) return;
  Atomics.store(head, STOP, 0);
  Atomics.store(head, STOPPED, asked);
  Atomics.notify(head, STOPPED);
}

function answer(asked: number): void {
  const why = WHYS[head[WHY]];
  if (asked === GO_ON) {
    flight(why, SHOWN);
    // It may end itself by the same signal, which is no exit: nobody would be told.
    if (why === 'SIGTERM') watch.close();
    return;
  }
  sums(at());
  collections(at());
  memory(at());
  writer.add(['end', at(), why, head[CODE]]);
  watch.close();
}

function messages(): void {
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
    const message = got.message as Message;
    if ('table' in message) {
      const file = { ...message.table, told: new Float64Array(message.table.sums.length) };
      files.push(file);
      writer.add(lineOf(file));
    } else if ('spike' in message) spike(message);
    else if ('alert' in message) alert(message);
    else if ('suspects' in message) suspects(message);
    else unowned(message);
  }
}

function spike({
  spike: { name, file, line, ...one },
  at: when,
}: Extract<Message, { spike: unknown }>): void {
  const from = files.find(({ path }) => path === file);
  const n = from?.rows.findIndex((row) => row[0] === name && row[1] === line) ?? -1;
  writer.add([
    'spike',
    round(when),
    from && n >= 0 ? from.first + n : 0,
    one.total,
    one.awaited,
    one.external,
    one.arguments.map((argument) => [argument.name, argument.shape]),
    one.awaitedValues.map((value) => [value.line, value.shape, value.bytes]),
    one.returned,
  ]);
}

function alert({ alert: one, at: when }: Extract<Message, { alert: unknown }>): void {
  const { rule, state, value, threshold, unit, function: about, message } = one;
  const place = about ? [about.name, about.file, about.line] : null;
  writer.add(['alert', round(when), rule, state, value, threshold, unit, place, message]);
}

function ended(asked: number): void {
  // The program's stores are plain ones. These processors show them in their order; others might show that there is a record
  // before the record itself, though not for as long as a poll, nor where the program has asked, by an atomic store.
  const written = Atomics.load(head, HEAD);
  // After that: the path of a call that is told is known.
  for (const line of paths.news()) writer.add(line);
  const until = ORDERED || asked !== 0 ? written : headBefore;
  headBefore = written;
  let tail = head[TAIL];
  for (; tail !== until; tail = (tail + 1) | 0) {
    const from = (tail & (RING - 1)) * RECORD_WIDTH;
    writer.add([
      'call',
      Math.floor(ring[from + R_SITE] / 2),
      round(ring[from + R_STARTED]),
      round(ring[from + R_TIME]),
      ring[from + R_SELF],
      ring[from + R_TOTAL],
      ring[from + R_AWAITED],
      ring[from + R_EXTERNAL],
      ring[from + R_WEIGHT],
      ring[from + R_SITE] % 2,
      ring[from + R_PATH],
      ring[from + R_OWN],
    ]);
    paths.add(from);
  }
  // Only now may the program write there again.
  Atomics.store(head, TAIL, tail);
  const more = head[LOST] - lost;
  if (more === 0) return;
  lost += more;
  writer.add(['lost', more]);
}

// A call that runs for two polls: what follows may come to no end.
function follow(): void {
  const one = running(start);
  if (one !== undefined && one.ran === long?.ran && one.site === long.site && one.ran !== longTold) {
    longTold = one.ran;
    flightOf(inFlight(start), 'long', SHOWN_IN_A_BEAT);
  }
  long = one;
}

function beat(): void {
  const calls = inFlight(start);
  if (calls.length > 0) flightOf(calls, 'beat', SHOWN_IN_A_BEAT);
}

function flight(why: string, most: number): void {
  flightOf(inFlight(start), why, most);
  memory(at());
}

function flightOf(calls: Flying[], why: string, most: number): void {
  const ran = calls.reduce((last, one) => (one.state === Running && one.ran > last ? one.ran : last), -1);
  const isFirst = (one: Flying) => Number(one.state === Running && one.ran === ran);
  const order = calls.sort((a, b) => isFirst(b) - isFirst(a) || cost(b) - cost(a));
  const bySite = new Map<number, number>();
  for (const { site } of calls) bySite.set(site, (bySite.get(site) ?? 0) + 1);
  writer.add([
    'flight',
    at(),
    why,
    order
      .slice(0, most)
      .map((one) => [
        one.site,
        one.state,
        round(one.started),
        one.self,
        one.children,
        one.awaited,
        one.external,
        one.await,
        givenOf(start, one),
      ]),
    Math.max(0, order.length - most),
    [...bySite],
  ]);
}

function sums(now: number): void {
  const lines: number[][] = [];
  for (const { first, rows, sums, told } of files) {
    for (let n = 0; n < rows.length; n++) {
      const from = n * SITE_WIDTH;
      let changed = false;
      for (let slot = from; slot < from + SUMS; slot++) {
        changed ||= sums[slot] !== told[slot];
        told[slot] = sums[slot];
      }
      if (changed) lines.push([first + n, ...Array.from(told.subarray(from, from + SUMS), round)]);
    }
  }
  if (lines.length > 0) writer.add(['sums', now, lines]);
  const by = paths.changed();
  if (by.length > 0) writer.add(['by', now, by]);
}

// At once as V8 names them: to look for sources may take longer than there is time.
function live(share: number, by: string, stacks: [number, FrameAt[]][]): void {
  const shown = stacks.map(([bytes, frames]) => [
    bytes,
    frames.map(([name, file, line]) => [name, file, line]),
  ]);
  writer.add(['live', at(), share, by, shown]);
  writer.flush();
  tellPlaces(
    stacks.flatMap(([, frames]) => frames.map(([, file, line, column]) => ({ file, line, column }))),
  );
}

function unowned({ unowned: stacks, at: when }: Extract<Message, { unowned: unknown }>): void {
  writer.add([
    'unowned',
    round(when),
    stacks.map(({ bytes, name, file, line, stack }) => [bytes, name, file, line, stack]),
  ]);
  tellPlaces(stacks);
}

function suspects({ suspects: all, at: when }: Extract<Message, { suspects: unknown }>): void {
  writer.add([
    'suspects',
    round(when),
    all.map((one) => [
      one.name,
      one.file,
      one.line,
      Math.round(one.growth),
      Math.round(one.low),
      Math.round(one.high),
      Math.round(one.bytes),
      one.survivors,
      one.by,
      one.shape,
      one.hint,
      Number(one.confidence.toFixed(3)),
      Number(one.explains.toFixed(3)),
      one.keptBy && [one.keptBy.name, one.keptBy.file, one.keptBy.line],
    ]),
  ]);
  // The others' places are the sources' by themselves.
  tellPlaces(all.filter(({ column }) => column >= 0));
}

function tellPlaces(asked: Place[]): void {
  for (const line of placesLine(places.of(asked))) writer.add(line);
}

function placesLine(rows: Mapped[]): unknown[] {
  return rows.length > 0 ? [['places', rows]] : [];
}

function collections(now: number): void {
  const from = slots.collections;
  if (meter[from] === collected) return;
  [collected, majors] = meter.subarray(from, from + 2);
  writer.add(['gc', now, ...Array.from(meter.subarray(from, from + 5), round)]);
}

function memory(now: number): void {
  writer.add([
    'memory',
    now,
    watch.heapUsed(),
    meter[slots.external],
    process.memoryUsage.rss(),
    ledger[slots.owned],
    ledger[slots.unowned],
    counts[slots.inFlight],
    watch.group,
  ]);
}

setInterval(poll, POLL);
poll();
