// What happens at the end of a call: is it a spike, who is told, what is logged? Serves the ledger through
// its hooks. Must never throw into the call, and what it allocates is memprof's own.

import { types } from 'node:util';
import { BESIDES, now, spent } from './clock';
import { settings } from './config';
import { type CallRecord, emit, isHeard, type SpikeRecord } from './events';
import { meter, USED } from './heap';
import { counts, exitFollowed, explain, hooks, IN_FLIGHT, settleOwn } from './ledger';
import { logCall, logSpike, mayLog } from './log';
import { shapeOf } from './shapes';
import { PROBED } from './sites';
import {
  Awaiting,
  awaitedOf,
  ELAPSED,
  EXPLAINED,
  EXTERNAL,
  NONE,
  Running,
  SELF,
  type Span,
  START_USED,
  STARTED,
  totalOf,
  WEIGHT,
} from './span';
import { argumentShapes, type Story, storyOf } from './story';
import { thrown, warnOnce } from './warn';

const KINDS = ['sync', 'async', 'generator', 'async generator'] as const;

/** Heap bytes that a call cost, its children's among them, and the external bytes it made. */
function costOf(span: Span): number {
  const n = span.n;
  return totalOf(n) + awaitedOf(n) + n[EXTERNAL];
}

// A listener or a logger may call instrumented functions: their records are made, and told to nobody.
let telling = false;

function ended(span: Span): boolean {
  const threshold = span.site.spike >= 0 ? span.site.spike : settings.spike;
  // What a warning about a child has told already is no spike of its caller's.
  if (costOf(span) - span.n[EXPLAINED] >= threshold) return true;
  // memprof's own come this far, so that the way is compiled when the first call of the program takes it.
  if (
    telling ||
    !(mayLog(span.site, span.n[STARTED] + span.n[ELAPSED], span.n[WEIGHT]) || isHeard('call')) ||
    span.site.line === PROBED
  )
    return false;
  telling = true;
  const since = now();
  try {
    const record = recordOf(span);
    emit('call', record);
    logCall(span.site, record);
    hooks.looks();
  } catch (error) {
    warnOnce('MEMPROF_W_LOGGER', { value: thrown(error) });
  } finally {
    telling = false;
    spent[BESIDES] += now() - since;
  }
  settleOwn();
  return false;
}

function explained(span: Span, values: unknown[]): void {
  try {
    const story = storyOf(span);
    if (values.length > 0) story.arguments = argumentShapes(span.site.params, values);
    // Followed: its promise has yet to settle.
    if (span.state === Awaiting) return;
    span.n[EXPLAINED] = Math.max(span.n[EXPLAINED], costOf(span));
    if (telling) return;
    telling = true;
    tell(span, story);
  } catch (error) {
    warnOnce('MEMPROF_W_LOGGER', { value: thrown(error) });
  } finally {
    telling = false;
  }
}

function tell(span: Span, story: Story): void {
  const record = recordOf(span);
  emit('call', record);
  const spike: SpikeRecord = {
    ...record,
    threshold: span.site.spike >= 0 ? span.site.spike : settings.spike,
    arguments: story.arguments,
    awaitedValues: story.awaited.map(({ line, shape, bytes }) => ({ line, shape, bytes })),
    returned: returned(span, story),
  };
  emit('spike', spike);
  logSpike(spike);
}

function returned(span: Span, story: Story): string | null {
  if (span.result === NONE) return null;
  const shape = shapeOf(span.result);
  const same = story.awaited.some(({ value }) => value !== undefined && value.deref() === span.result);
  return same ? `the same ${shape.replace(/ of .*/, '')}` : shape;
}

function recordOf(span: Span): CallRecord {
  const { site, n } = span;
  const endMemory = meter[USED];
  return {
    name: site.name,
    file: site.table.path,
    line: site.line,
    kind: KINDS[site.kind],
    calls: n[WEIGHT],
    self: n[SELF],
    total: totalOf(n),
    awaited: awaitedOf(n),
    external: n[EXTERNAL],
    time: n[ELAPSED],
    error: span.result === NONE && !span.closing,
    startMemory: n[START_USED],
    endMemory,
    memoryConsumed: endMemory - n[START_USED],
    others: othersInFlight(span),
  };
}

function othersInFlight(span: Span): number {
  let others = counts[IN_FLIGHT];
  for (let one = span.parent; one !== null; one = one.parent) {
    if (one.state === Running || one.state === Awaiting) others--;
  }
  return Math.max(0, others);
}

// An async function that returns a promise is not over when its body is: what it returned is still being
// made. Its own promise waits for that one, so one more reaction on it changes neither the order of
// the user's nor whether a rejection counts as handled. Only for a promise as the language made it:
// nothing of the user's may run.
function follows(span: Span): boolean {
  const promise = span.result;
  if (typeof promise !== 'object' || promise === null || !types.isPromise(promise)) return false;
  if (Object.getPrototypeOf(promise) !== Promise.prototype) return false;
  if (Object.hasOwn(promise, 'then') || Object.hasOwn(promise, 'constructor')) return false;
  if (Promise.prototype.then !== then || Promise.prototype.constructor !== Promise) return false;
  const { epoch } = span;
  const end = (value: unknown, failed: boolean) => {
    if (span.epoch === epoch && exitFollowed(span, value, failed)) explain(span, []);
  };
  then.call(
    promise,
    (value) => end(value, false),
    () => end(undefined, true),
  );
  span.result = undefined;
  return true;
}
const { then } = Promise.prototype;

hooks.ended = ended;
hooks.explained = explained;
hooks.follows = follows;
