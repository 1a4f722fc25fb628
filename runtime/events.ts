// Who is told of a finished call, and what: listeners of `on` and subscribers of
// node:diagnostics_channel, the same record to both. A listener that throws is warned of and kept;
// nothing it does reaches the user's call.

import { type Channel, channel } from 'node:diagnostics_channel';
import { MemprofError } from '../contract/errors';
import { thrown, warnOnce } from './warn';

/** One finished call. Sizes are bytes, times milliseconds. */
export interface CallRecord {
  name: string;
  file: string;
  line: number;
  kind: 'sync' | 'async' | 'generator' | 'async generator';
  /** Calls of a hot function that this one stands for, itself among them; 1 while the budget lets each be measured. */
  calls: number;
  /** Allocated while the call itself owned the heap: exact. */
  self: number;
  /** `self` and the total of the calls made from it: exact. */
  total: number;
  /** Claimed by it and its children while they waited: estimated. */
  awaited: number;
  /** Buffers and ArrayBuffers, off the heap, made while it owned. */
  external: number;
  time: number;
  /** The call threw, or its promise was rejected. */
  error: boolean;
  /** Used heap at its start and end: what the difference of heapUsed would have said. */
  startMemory: number;
  endMemory: number;
  memoryConsumed: number;
  /** Other calls in flight at its end, its own callers not among them. */
  others: number;
}

/** A call that passed its threshold, with the shapes (never values) of what came in and out. */
export interface SpikeRecord extends CallRecord {
  threshold: number;
  arguments: { name: string; shape: string }[];
  awaitedValues: { line: number; shape: string; bytes: number }[];
  returned: string | null;
}

/** A rule was raised, or what it is about has recovered (docs/alerts.md). */
export interface AlertRecord {
  rule: 'heap' | 'rss' | 'slope' | 'unowned' | 'spike' | 'leak';
  state: 'raised' | 'recovered';
  /** ms since 1970. */
  at: number;
  /** Both in `unit`; a share from 0 to 1. */
  value: number;
  threshold: number;
  unit: 'bytes' | 'share' | 'bytes/min';
  /** Where it is about one. */
  function?: { name: string; file: string; line: number };
  /** Of a slope and of a leak: how certain it is, 0 to 1 (docs/alerts.md). */
  confidence?: number;
  /** Of a leak: who is handed what stays and does not let go of it, where that is known. */
  keptBy?: { name: string; file: string; line: number };
  /** The same for people, in one line. */
  message: string;
}

interface Events {
  call: CallRecord;
  spike: SpikeRecord;
  alert: AlertRecord;
}
export type EventName = keyof Events;
export type Listener<E extends EventName> = (record: Events[E]) => void;

interface Station {
  channel: Channel;
  listeners: Set<(record: any) => void>;
}
const stations: Record<EventName, Station> = {
  call: { channel: channel('memprof:call'), listeners: new Set() },
  spike: { channel: channel('memprof:spike'), listeners: new Set() },
  alert: { channel: channel('memprof:alert'), listeners: new Set() },
};

/**
 * Calls `listener` with each record of an event, at the end of the call that it is about; returns a
 * function that takes it away again.
 * @throws {MemprofError} MEMPROF_E_EVENT for an unknown event or a listener that is no function.
 */
export function on<E extends EventName>(event: E, listener: Listener<E>): () => void {
  const station = Object.hasOwn(stations, event) ? stations[event] : undefined;
  if (!station) throw new MemprofError('MEMPROF_E_EVENT', { value: event, allowed: 'call, spike, alert' });
  if (typeof listener !== 'function') {
    throw new MemprofError('MEMPROF_E_EVENT', { value: listener, allowed: 'a function as listener' });
  }
  // Each registration is one of its own, also of the same function twice.
  const own = (record: Events[E]) => listener(record);
  station.listeners.add(own);
  return () => void station.listeners.delete(own);
}

/** Whether anybody would hear: records are made for nobody. */
export function isHeard(event: EventName): boolean {
  const station = stations[event];
  return station.listeners.size > 0 || station.channel.hasSubscribers;
}

export function emit<E extends EventName>(event: E, record: Events[E]): void {
  const { listeners, channel } = stations[event];
  for (const listener of listeners) {
    try {
      listener(record);
    } catch (error) {
      warnOnce('MEMPROF_W_LISTENER', { key: event, value: thrown(error) });
    }
  }
  // A subscriber's error is rethrown by Node on its next tick, as for every channel: that is its contract.
  if (channel.hasSubscribers) channel.publish(record);
}
