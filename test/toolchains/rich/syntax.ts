// biome-ignore-all lint: how it is spelled is what is tested
'use strict';
/*! a banner that is kept */

// a comment of the first statement
import fields = require('./fields');
import Short = fields.Point;

export async function* stream(source: any) {
  for await (const { a, ...rest } of source) {
    yield* [a, rest];
  }
}
export const spread = (first: any, ...more: any[]) => ({
  ...first,
  list: [...more],
  more: more?.[0]?.deep ?? 1,
});

export function* generate({ a = 1, b: [c, ...d] }: any, e = () => a): any {
  label: for (let i = 0; i < a; i++) {
    later.push(() => i);
    if (c) continue label;
    yield `${i}${d}`;
  }
  try {
    yield new Short(1);
  } catch {
    a ||= 2;
  } finally {
    a **= 2;
  }
}
const later: any[] = [];
var hoisted = 1_000;

/**
 * Kept as it is.
 * @memprof
 */
export async function tagged(values: any[]): Promise<number> {
  for (const value of values) await value;
  return values.length;
}

export const text = String.raw`a${hoisted}\n`,
  regex = /x/gu,
  big = later.at?.(-1);
export default async (a: any) => await a?.b.c?.();

if (hoisted) {
  // the last comment of a block
}
// the end
