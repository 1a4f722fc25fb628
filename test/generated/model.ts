// What the account of a run must say, by the events that its emitted code told: how many calls of each
// function ended, how many by an error, how many go on. Serves the verdict. It must not read the runtime's
// figures, which are held to these.

import { types } from 'node:util';
import { Kind, type SiteRow } from '../../contract/abi';
import type { Recorder, Span } from '../support/recorder';

/** Calls of one function of the program. */
export interface Figures {
  name: string;
  kind: Kind;
  calls: number;
  errors: number;
  /** Generators that were left at a yield: one that is collected in time becomes a call. */
  dropped: number;
  /** Calls whose body had said that it is done, and what they returned waits for a `then` of the program's. */
  marked: number;
  adopted: number;
}

export interface Model {
  /** By line and name, as the runtime's figures. */
  functions: Map<string, Figures>;
  entered: number;
  /** Generators that were left at a yield; calls that wait for ever. */
  dropped: number;
  stalled: number;
  /** Calls that are over but for a promise that never settles. */
  unsettled: number;
}

export const keyOf = (line: number, name: string): string => `${line} ${name}`;

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && !types.isPromise(value);

/** Listens to a recorder from now on; the answer is final when the program's last microtask has run. */
export function modelOf({ listeners, open }: Recorder): () => Model {
  const functions = new Map<string, Figures>();
  const atYield = new Set<Span>();
  const toldToStop = new Set<Span>();
  const returned = new Map<Span, unknown>();
  let entered = 0;
  let unsettled = 0;

  const figuresOf = ({ row }: { row: SiteRow }): Figures => {
    const [name, line, kind] = row;
    const key = keyOf(line, name);
    const found = functions.get(key);
    if (found) return found;
    const made = { name, kind, calls: 0, errors: 0, dropped: 0, marked: 0, adopted: 0 };
    functions.set(key, made);
    return made;
  };
  const ends = (span: Span, failed: boolean) => {
    const figures = figuresOf(span);
    figures.calls++;
    if (failed) figures.errors++;
  };
  const exits = (span: Span) => {
    const value = returned.get(span);
    const figures = figuresOf(span);
    if (span.done) figures.marked++;
    if (span.done && isThenable(value)) figures.adopted++;
    const told = toldToStop.has(span) || (span.suspended && atYield.has(span));
    if (span.row[2] !== Kind.Async || !span.done || !types.isPromise(value))
      return ends(span, !span.done && !told);
    // Its own promise waits for the one that it returned: so does its account.
    unsettled++;
    Promise.prototype.then.call(
      value,
      () => {
        unsettled--;
        ends(span, false);
      },
      () => {
        unsettled--;
        ends(span, true);
      },
    );
  };
  const heard: Record<string, (span: Span, value: unknown) => void> = {
    enter: () => entered++,
    yields: (span) => atYield.add(span),
    suspend: (span) => atYield.delete(span),
    last: (span) => atYield.delete(span),
    // A resource's disposal leaves nothing that stands at a yield, where the generator was told to stop.
    leave: (span) => span.suspended || atYield.delete(span),
    done: (span, value) => returned.set(span, value),
    caught: (span) => toldToStop.delete(span),
    lastly: (span) => {
      if (span.suspended && atYield.has(span)) toldToStop.add(span);
    },
    exit: exits,
  };
  listeners.push((event, span, value) => heard[event]?.(span, value));

  return () => {
    const left = [...open];
    const dropped = left.filter((span) => atYield.has(span));
    for (const span of dropped) figuresOf(span).dropped++;
    return { functions, entered, dropped: dropped.length, stalled: left.length - dropped.length, unsettled };
  };
}
