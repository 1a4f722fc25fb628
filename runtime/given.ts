// What does an argument look like, in one number? A call in flight is told by a thread that sees nothing but numbers
// (recorder/), and perhaps by nobody. Must cost next to nothing, run no user code and keep nothing alive: what would have to
// be looked into is told by its type alone.

import { types } from 'node:util';
import { byteLengthOf } from './shapes';

// A length, and below it a type.
const TYPES = 16;
const NAMES = [
  'undefined',
  'null',
  'boolean',
  'number',
  'bigint',
  'symbol',
  'function',
  'Object',
  'string',
  'Array',
  'bytes',
] as const;
type Name = (typeof NAMES)[number];
const number = Object.fromEntries(NAMES.map((name, n) => [name, n])) as Record<Name, number>;
const SIZED = number.string;

// The program may put something else in their place.
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isProxy, isTypedArray } = types;

/** A value as a number, a whole one. */
export function numberOf(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return number.undefined;
    case 'string':
      return value.length * TYPES + number.string;
    case 'number':
      return number.number;
    case 'boolean':
      return number.boolean;
    case 'function':
      return number.function;
    case 'bigint':
      return number.bigint;
    case 'symbol':
      return number.symbol;
    default:
      return value === null ? number.null : numberOfObject(value as object);
  }
}

function numberOfObject(value: object): number {
  try {
    // A proxy of an array is one, and would be asked for its length.
    if (isArray(value)) return isProxy(value) ? number.Object : value.length * TYPES + number.Array;
    if (isView(value) && isTypedArray(value)) return byteLengthOf(value) * TYPES + number.bytes;
  } catch {
    // A proxy that was revoked is not even asked whether it is an array.
  }
  return number.Object;
}

/** Its shape, as `numberOf` has seen it: `string(12)`, `Array(412338)`, `bytes(65536)`, `undefined`, `Object`. */
export function shapeOfNumber(given: number): string {
  const type = given % TYPES;
  return type < SIZED ? NAMES[type] : `${NAMES[type]}(${Math.floor(given / TYPES)})`;
}
