// What does a value look like, without saying what it is? Serves warnings, records and reports. Must
// never run user code (no getter, no proxy trap, no toJSON, no iterator) and never show a value: only
// types, counts, class names, and the names of properties where they are a program's and not its data's.

import { types } from 'node:util';

const NAMES_SHOWN = 4;
// An object with more properties than this is a dictionary: its keys are data.
const DICTIONARY = 40;
const IDENTIFIER = /^[A-Za-z_$][\w$]{0,39}$/;

/** The shape of a value on one line: `string(12)`, `Array(412338) of {id, code, ... 9 keys}`, `undefined`. */
export function shapeOf(value: unknown): string {
  try {
    return describe(value, 2);
  } catch {
    // Revoked proxies and other hostile things: the type is all there is to say.
    return typeof value;
  }
}

function describe(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `string(${value.length})`;
    case 'object':
      return value === null ? 'null' : describeObject(value, depth);
    case 'function':
      return 'function';
    default:
      return typeof value;
  }
}

function describeObject(value: object, depth: number): string {
  if (types.isProxy(value)) return 'Proxy';
  if (Array.isArray(value)) {
    const shape = `Array(${value.length})`;
    if (value.length === 0 || depth <= 0) return shape;
    const element = Object.getOwnPropertyDescriptor(value, 0);
    return element && 'value' in element ? `${shape} of ${describe(element.value, depth - 1)}` : shape;
  }
  if (types.isTypedArray(value)) return `${className(value) ?? 'TypedArray'}(${lengthOf(value)})`;
  if (types.isAnyArrayBuffer(value)) return `ArrayBuffer(${byteLengthOf(value)})`;
  if (types.isMap(value)) return `Map(${mapSize.call(value)})`;
  if (types.isSet(value)) return `Set(${setSize.call(value)})`;
  if (types.isPromise(value)) return 'Promise';
  if (types.isDate(value)) return 'Date';
  if (types.isRegExp(value)) return 'RegExp';
  const name = className(value);
  if (types.isNativeError(value)) return name ?? 'Error';
  return depth <= 0 ? (name ?? 'Object') : `${name && name !== 'Object' ? `${name} ` : ''}${keysOf(value)}`;
}

function keysOf(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  if (keys.length > DICTIONARY || !keys.every((key) => IDENTIFIER.test(key))) return `{${keys.length} keys}`;
  const shown = keys.slice(0, NAMES_SHOWN).join(', ');
  return keys.length > NAMES_SHOWN ? `{${shown}, ... ${keys.length} keys}` : `{${shown}}`;
}

/** The name of the class that made an object, read without running any of its code. */
function className(value: object): string | undefined {
  const proto = Object.getPrototypeOf(value);
  if (proto === null || types.isProxy(proto)) return undefined;
  const made = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
  if (typeof made !== 'function' || types.isProxy(made)) return undefined;
  const name = Object.getOwnPropertyDescriptor(made, 'name')?.value;
  return typeof name === 'string' && IDENTIFIER.test(name) ? name : undefined;
}

// The built-in getters themselves: an own property of the same name would be the user's.
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const getter = (proto: object, name: string) =>
  Object.getOwnPropertyDescriptor(proto, name)?.get as () => number;
const typedLength = getter(typedArray, 'length');
const typedByteLength = getter(typedArray, 'byteLength');
const mapSize = getter(Map.prototype, 'size');
const setSize = getter(Set.prototype, 'size');
const bufferLength = getter(ArrayBuffer.prototype, 'byteLength');
const sharedLength = getter(SharedArrayBuffer.prototype, 'byteLength');

function lengthOf(value: object): number {
  return typedLength.call(value);
}

/** Bytes of a typed array or buffer: off the JavaScript heap. */
export function byteLengthOf(value: object): number {
  if (types.isTypedArray(value)) return typedByteLength.call(value);
  return types.isSharedArrayBuffer(value) ? sharedLength.call(value) : bufferLength.call(value);
}

/** Entries of a Map or a Set. */
export function entriesOf(value: object): number {
  return types.isMap(value) ? mapSize.call(value) : setSize.call(value);
}
