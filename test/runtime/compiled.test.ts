// What the compiler took is told apart from what the program did, by what V8's spaces grew by.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resultOf, runCode } from '../support/node';

const KB = 1024;

// Each asking: how much the spaces for code and the old space grew since the last one, in KB.
function compilersOf(grown: [code: number, tenured: number][]): number[] {
  return resultOf(
    runCode(`
      const { compilersOf, programGrew } = require('./dist/runtime/compiled.js');
      let code = 0, tenured = 0; const told = [];
      for (const [c, t] of ${JSON.stringify(grown)}) {
        told.push(compilersOf(code += c * 1024, 0, tenured += t * 1024, 0, 0));
        if (told.length > 1) programGrew(Math.max(t, 0) * 1024);
      }
      console.log(JSON.stringify(told));`),
  );
}

test('what was used before the first asking was taken by nobody', () => {
  const [first, second] = compilersOf([
    [2500, 8000],
    [130, 128],
  ]);
  assert.is(first, 0);
  assert.is(second, 258 * KB);
});

test("pages of the old space beside the compiler's work are its own", () => {
  assert.equal(
    compilersOf([
      [2500, 8000],
      [64, 0],
      [0, 128],
    ]),
    [0, 64 * KB, 128 * KB],
  );
});

test('pages of the old space are the program’s where it takes them without the compiler, too', () => {
  const alone: [number, number][] = Array.from({ length: 8 }, () => [0, 256]);
  const told = compilersOf([[2500, 8000], ...alone, [64, 256]]);
  assert.equal(told.slice(1), [...alone.map(() => 0), 64 * KB]);
});

test('what the compiler gives back is taken off what it took', () => {
  assert.equal(
    compilersOf([
      [2500, 8000],
      [130, 128],
      [-130, -128],
    ]),
    [0, 258 * KB, -258 * KB],
  );
});

test.run();
