// Is what a test handed over of any use? Serves everything public in testing/: a limit that is misspelt must fail, and
// never hold.

import { MemprofError } from '../contract/errors';
import { parseSize, SIZE_FORMS } from '../contract/size';

/** @throws {MemprofError} MEMPROF_E_TEST, as the others here. */
export function wantFunction(of: string, value: unknown): void {
  if (typeof value !== 'function') refuse(`${of}: the function`, value, 'a function, sync or async');
}

export function wantCount(key: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || (value as number) < least) {
    refuse(`"${key}"`, value, `a whole number from ${least} on`);
  }
}

export function wantSize(key: string, value: unknown): number {
  const bytes = parseSize(value);
  if (bytes === undefined) refuse(key, value, SIZE_FORMS);
  return bytes;
}

export function wantWord<T extends string>(key: string, value: T, words: readonly T[]): void {
  if (!words.includes(value)) refuse(`"${key}"`, value, words.join(', '));
}

export function wantKeys(options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) refuse('the option', key, known.join(', '));
  }
}

function refuse(key: string, value: unknown, allowed: string): never {
  throw new MemprofError('MEMPROF_E_TEST', { key, value, allowed });
}
