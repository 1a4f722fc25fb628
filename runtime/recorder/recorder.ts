// The program's side of the recorder: lets figures lie in shared memory, writes ended calls into a ring there, and starts
// the thread that writes all of it to disk. Must never wait for that thread while the program runs, nor keep the process
// open, nor change how it ends.

import { existsSync } from 'node:fs';
import { url } from 'node:inspector';
import { join } from 'node:path';
import * as v8 from 'node:v8';
import { isMainThread, MessageChannel, type MessagePort, threadId, Worker } from 'node:worker_threads';
import type { FunctionRow } from '../../contract/recording';
import { VERSION } from '../../contract/version';
import { arena } from '../arena';
import { now } from '../clock';
import { on } from '../events';
import { COLLECTIONS, EXTERNAL as EXTERNAL_NOW, meter, READINGS, USED } from '../heap';
import { alsoRecord, both, counts, ERAS, hooks, IN_FLIGHT, ledger, OWNED, UNOWNED } from '../ledger';
import { emptyPool } from '../pool';
import { idOf, type Table, tables } from '../sites';
import {
  AWAITED,
  CHILD_AWAITED,
  CHILDREN,
  ELAPSED,
  EXTERNAL,
  GIVEN,
  NONE,
  SELF,
  SHARED_WIDTH,
  SPAN_WIDTH,
  type Span,
  STARTED,
  WEIGHT,
} from '../span';
import { stacksKnown } from '../stacks';
import { thrown, warnOnce } from '../warn';
import {
  CODE,
  DEBUGGED,
  GO_ON,
  HEAD,
  HEAD_WIDTH,
  LAST,
  LOOK_SLOTS,
  LOOKS,
  LOST,
  type Message,
  PATH_WIDTH,
  PATHS,
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
  SAMPLED,
  SPANS,
  SPANS_USED,
  STOP,
  STOPPED,
  type Start,
  TAIL,
  WHY,
  WHYS,
  WINDOW,
} from './layout';
import { heapLimit, rssLimit } from './limits';
import { finder } from './paths';

// At its end the program waits for the last lines: for a poll, and where it was over at once for the thread to begin.
const PATIENCE = 1000;

const shared = (bytes: number) => new SharedArrayBuffer(bytes);
let head: Int32Array | undefined;
let ring: Float64Array;
let port: MessagePort;

/** Begins to record into a folder, once; where that cannot be, says so and leaves all as it was. */
export function record(folder: string): void {
  if (head) return;
  try {
    start(folder);
  } catch (error) {
    warnOnce('MEMPROF_W_RECORD', { key: 'begin', value: thrown(error) });
  }
}

function start(folder: string): void {
  const limit = rssLimit();
  const heap = heapLimit(v8.getHeapStatistics().heap_size_limit);
  const { port1, port2 } = new MessageChannel();
  const data: Start = {
    folder,
    header: {
      memprof: 1,
      version: VERSION,
      start: Math.round(performance.timeOrigin),
      pid: process.pid,
      parent: process.ppid,
      thread: isMainThread ? 0 : threadId,
      node: process.version,
      script: process.argv[1] ?? null,
      heapLimit: heap,
      rssLimit: limit?.bytes ?? null,
      rssLimitBy: limit?.by ?? null,
    },
    head: new Int32Array(shared(HEAD_WIDTH * 4)),
    spans: new Float64Array(shared(SPANS * SHARED_WIDTH * 8)),
    ring: new Float64Array(shared(RING * RECORD_WIDTH * 8)),
    paths: new Int32Array(shared(PATHS * PATH_WIDTH * 4)),
    looks: new Int32Array(shared(LOOK_SLOTS * 4)).fill(LOOKS),
    ledger,
    meter,
    counts,
    slots: {
      owned: OWNED,
      unowned: UNOWNED,
      used: USED,
      external: EXTERNAL_NOW,
      readings: READINGS,
      inFlight: IN_FLIGHT,
      eras: ERAS,
      collections: COLLECTIONS,
    },
    timeOrigin: performance.timeOrigin,
    group: limit?.group,
    port: port2,
  };
  const file = join(__dirname, 'thread.js');
  // A thread fails later than this, and a short program would wait for it at its end.
  if (!existsSync(file)) throw new Error(`${file} is not there: leave memprof out of the bundle`);
  // Nothing of the program's flags, variables or streams: what it preloads must not run there.
  const worker = new Worker(file, {
    workerData: data,
    transferList: [port2],
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
    name: 'memprof recorder',
  });
  worker.on('error', (error) => warnOnce('MEMPROF_W_RECORD', { key: 'thread', value: thrown(error) }));
  worker.on('message', (text: string) => warnOnce('MEMPROF_W_RECORD', { key: 'write', value: text }));
  worker.unref();
  port1.unref();

  ({ head, ring } = data);
  port = port1;
  share(data);
  listen();
}

function share({ spans, paths, looks }: Start): void {
  const known = head as Int32Array;
  const pathOf = finder(paths, known);
  const takes = (span: Span) => {
    const id = idOf(span.site);
    span.n[GIVEN] = 0;
    span.path = pathOf(span.parent === null ? 0 : span.parent.path, id);
    const at = id & (LOOK_SLOTS - 1);
    span.takes = looks[at] > 0 && span.n.length > SPAN_WIDTH;
    if (!span.takes) return;
    looks[at]--;
    span.taken = 0;
  };
  const beside = hooks.begun;
  // Whoever looks at arguments, too (leaks/), after us: we say first whether they are handed over.
  hooks.begun = beside === null ? takes : both(takes, beside);
  arena.span = (length) => {
    if (known[SPANS_USED] === SPANS) return new Float64Array(length);
    const n = known[SPANS_USED];
    const numbers = spans.subarray(n * SHARED_WIDTH, (n + 1) * SHARED_WIDTH);
    known[SPANS_USED] = n + 1;
    return numbers;
  };
  emptyPool();
  arena.sums = (length) => new Float64Array(shared(length * 8));
  arena.loaded = tell;
  for (const table of tables) {
    const sums = arena.sums(table.sums.length);
    sums.set(table.sums);
    table.sums = sums;
    tell(table);
  }
}

function tell({ sites, path, sums }: Table): void {
  const rows: FunctionRow[] = [];
  for (const { name, line, kind, awaits, params } of sites)
    rows[rows.length] = [name, line, kind, awaits, params];
  if (rows.length > 0 && idOf(sites[0]) > 0) send({ table: { first: idOf(sites[0]), path, rows, sums } });
}

function send(message: Message): void {
  port.postMessage(message);
}

function listen(): void {
  hooks.rests = lookForDebugger;
  lookForDebugger();
  alsoRecord(ended);
  hooks.found = () => stacks(false);
  hooks.suspects = (suspects) => send({ suspects, at: now() });
  hooks.isSampled = () => (head as Int32Array)[SAMPLED] === 1;
  hooks.samples = (open) => {
    (head as Int32Array)[WINDOW] = open ? 1 : 0;
  };
  on('spike', (spike) => send({ spike, at: now() }));
  on('alert', (alert) => send({ alert, at: now() }));
  process.on('exit', (code) => {
    // A listener before this one may have set another.
    (head as Int32Array)[CODE] = Number(process.exitCode ?? code);
    stacks(true);
    const suspects = hooks.leaks?.().suspects ?? [];
    if (suspects.length > 0) hooks.suspects(suspects);
    ask(LAST, 'exit');
  });
  process.on('uncaughtExceptionMonitor', () => {
    const isCaught =
      process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (!isCaught) ask(GO_ON, 'fatal');
  });
  if (isMainThread) listenBeside('SIGTERM');
}

// A listener of ours alone would take the signal's effect away: we listen while the program does, and before it.
function listenBeside(signal: 'SIGTERM'): void {
  const heard = () => ask(GO_ON, signal);
  let listens = false;
  const look = (more: number) => {
    const others = process.listenerCount(signal) - (listens ? 1 : 0) + more;
    if (others > 0 === listens) return;
    listens = !listens;
    if (listens) process.prependListener(signal, heard);
    else process.removeListener(signal, heard);
  };
  look(0);
  // Told before the listener is there, and after it is gone.
  process.on('newListener', (event, listener) => event === signal && listener !== heard && look(1));
  process.on('removeListener', (event, listener) => event === signal && listener !== heard && look(0));
}

function ask(what: number, why: (typeof WHYS)[number]): void {
  const known = head as Int32Array;
  if (Atomics.load(known, STOPPED) === LAST) return;
  known[WHY] = WHYS.indexOf(why);
  Atomics.store(known, STOPPED, 0);
  Atomics.store(known, STOP, what);
  Atomics.wait(known, STOPPED, 0, PATIENCE);
}

// Nobody tells of one that comes. Where memory is short, there are many collections.
function lookForDebugger(): void {
  (head as Int32Array)[DEBUGGED] = url() === undefined ? 0 : 1;
}

function stacks(asked: boolean): void {
  const known = stacksKnown(asked);
  if (known.length === 0) return;
  send({ unowned: known, at: now() });
}

// A call has ended. Allocates nothing.
function ended(span: Span): void {
  const id = idOf(span.site);
  if (id < 1) return;
  const known = head as Int32Array;
  const at = known[HEAD];
  if (((at - known[TAIL]) | 0) >= RING) {
    known[LOST]++;
    return;
  }
  const { n } = span;
  const to = (at & (RING - 1)) * RECORD_WIDTH;
  ring[to + R_SITE] = 2 * id + (span.result === NONE && !span.closing ? 1 : 0);
  ring[to + R_STARTED] = n[STARTED];
  ring[to + R_TIME] = n[ELAPSED];
  ring[to + R_SELF] = n[SELF];
  ring[to + R_TOTAL] = n[SELF] + n[CHILDREN];
  ring[to + R_AWAITED] = n[AWAITED] + n[CHILD_AWAITED];
  ring[to + R_EXTERNAL] = n[EXTERNAL];
  ring[to + R_WEIGHT] = n[WEIGHT];
  ring[to + R_PATH] = span.path;
  ring[to + R_OWN] = n[AWAITED];
  // After the record, plainly: an atomic store waits until the other core has given up the record's line, which takes longer
  // than all of this. The reader knows (thread.ts).
  known[HEAD] = (at + 1) | 0;
}
