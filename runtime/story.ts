// What is kept of a call that may be worth telling: shapes of its arguments and of the large values it
// awaited. Serves warnings. Holds no value strongly: a profiler must not keep what the program let go.

import { shapeOf } from './shapes';
import type { Span } from './span';

export interface AwaitedValue {
  line: number;
  shape: string;
  bytes: number;
  /** The value itself, only to tell whether it is what the call returned. */
  value: WeakRef<object> | undefined;
}

export interface Story {
  arguments: { name: string; shape: string }[];
  /** The largest claims, largest first. */
  awaited: AwaitedValue[];
}

const KEPT = 3;
// A claim below this is no part of a spike's explanation.
export const WORTH_TELLING = 256 * 1024;

export function storyOf(span: Span): Story {
  return ((span.story as Story | null) ??= { arguments: [], awaited: [] }) as Story;
}

export function argumentShapes(names: string[], values: unknown[]): Story['arguments'] {
  return values.map((value, n) => ({ name: names[n] ?? `#${n}`, shape: shapeOf(value) }));
}

/** Keeps the shape of a value that a call awaited, when its claim is among the largest of the call. */
export function keepAwaited(span: Span, value: unknown, bytes: number): void {
  const { awaited } = storyOf(span);
  if (awaited.length === KEPT && awaited[KEPT - 1].bytes >= bytes) return;
  const { awaits, line } = span.site;
  awaited.push({
    line: span.at < 0 ? line : (awaits[span.at] ?? line),
    shape: shapeOf(value),
    bytes,
    value: typeof value === 'object' && value !== null ? new WeakRef(value) : undefined,
  });
  awaited.sort((a, b) => b.bytes - a.bytes);
  awaited.length = Math.min(awaited.length, KEPT);
}
