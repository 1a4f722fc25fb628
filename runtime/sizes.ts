// How large is a value, about? Sampled: a bounded number of visits whatever its size. Serves the claims,
// which fit a factor on top, so that a steady bias does no harm. Must never run user code.

import { types } from 'node:util';
import { entriesOf } from './shapes';

const VISITS = 400;
const ELEMENTS = 24;
const KEYS = 48;
const DEPTH = 8;
// 64-bit V8 without pointer compression: words of eight bytes.
const WORD = 8;
const OBJECT = 3 * WORD;
const NUMBER = 2 * WORD;
const STRING = 2 * WORD;
const ENTRY = 4 * WORD;

interface Visit {
  left: number;
  seen: Set<object>;
}

/** Estimated bytes on the JavaScript heap of a value and what only it can be assumed to hold. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return STRING + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  try {
    return measure(value, { left: VISITS, seen: new Set() }, DEPTH);
  } catch {
    // Revoked proxies and other hostile things weigh what can be seen of them: nothing.
    return 0;
  }
}

function measure(value: unknown, visit: Visit, depth: number): number {
  switch (typeof value) {
    case 'string':
      return STRING + ((value.length + 7) & ~7);
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : NUMBER;
    case 'bigint':
      return NUMBER + WORD;
    case 'object':
      return value === null ? 0 : measureObject(value, visit, depth);
    default:
      return 0;
  }
}

function measureObject(value: object, visit: Visit, depth: number): number {
  if (visit.seen.has(value) || types.isProxy(value)) return 0;
  visit.seen.add(value);
  visit.left--;
  if (Array.isArray(value)) return measureArray(value, visit, depth);
  if (types.isDate(value)) return 11 * WORD;
  if (types.isMap(value) || types.isSet(value)) return measureEntries(value, visit, depth);
  // Their bytes are external.
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) return 13 * WORD;
  if (types.isPromise(value)) return 6 * WORD;
  const keys = Object.keys(value);
  return OBJECT + keys.length * WORD + sampled(keys.length, KEYS, visit, depth, (n) => read(value, keys[n]));
}

function measureArray(value: unknown[], visit: Visit, depth: number): number {
  const own = OBJECT + 3 * WORD + value.length * WORD;
  return own + sampled(value.length, ELEMENTS, visit, depth, (n) => read(value, n));
}

function measureEntries(value: object, visit: Visit, depth: number): number {
  const count = entriesOf(value);
  const own = OBJECT + count * ENTRY;
  const items: unknown[] = [];
  const most = Math.min(count, ELEMENTS);
  if (most === 0 || depth <= 0) return own;
  // The first entries only: an iterator cannot jump. It is the built-in one, not the user's.
  const iterator = types.isMap(value) ? mapEntries.call(value) : setValues.call(value);
  for (let i = 0; i < most; i++) {
    const { value: item } = next.call(iterator);
    items.push(item);
  }
  let sum = 0;
  for (const item of items) {
    if (Array.isArray(item) && types.isMap(value)) {
      sum += measure(item[0], visit, depth - 1) + measure(item[1], visit, depth - 1);
    } else sum += measure(item, visit, depth - 1);
  }
  return own + (sum / most) * count;
}

const mapEntries = Map.prototype.entries as (this: unknown) => Iterator<unknown>;
const setValues = Set.prototype.values as (this: unknown) => Iterator<unknown>;
const mapNext = Object.getPrototypeOf(new Map().entries()).next;
const setNext = Object.getPrototypeOf(new Set().values()).next;
const next = {
  call(iterator: any): IteratorResult<unknown> {
    return (types.isMapIterator(iterator) ? mapNext : setNext).call(iterator);
  },
};

/** The sum over `count` parts, of which at most `most`, evenly spread, are looked at. */
function sampled(
  count: number,
  most: number,
  visit: Visit,
  depth: number,
  part: (n: number) => unknown,
): number {
  if (count === 0 || depth <= 0) return 0;
  let looked = 0;
  let sum = 0;
  const step = Math.max(1, count / most);
  for (let at = 0; at < count && (visit.left > 0 || looked === 0); at += step) {
    sum += measure(part(Math.floor(at)), visit, depth - 1);
    looked++;
  }
  return (sum / looked) * count;
}

function read(from: object, key: string | number): unknown {
  const found = Object.getOwnPropertyDescriptor(from, key);
  // An accessor is the user's code: not called.
  return found && 'value' in found ? found.value : undefined;
}
