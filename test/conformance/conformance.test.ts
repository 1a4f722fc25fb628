// The conformance runner on a small suite of our own: each kind of test is judged as it must be, and a real
// difference is seen.

import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frontMatter, variantsOf } from './front-matter';
import { conformance, judged } from './main';

test('front matter', () => {
  const read = frontMatter(
    '/*---\nflags: [async, noStrict]\nincludes:\n  - a.js\n  - b.js\nnegative:\n  phase: parse\n  type: SyntaxError\n---*/',
  );
  assert.equal(read, {
    flags: ['async', 'noStrict'],
    includes: ['a.js', 'b.js'],
    negative: { phase: 'parse', type: 'SyntaxError' },
  });
  assert.equal(frontMatter('1'), { flags: [], includes: [], negative: undefined });
  const variants = (...flags: string[]) => variantsOf({ flags, includes: [] });
  assert.equal(
    [variants(), variants('module'), variants('onlyStrict')],
    [['sloppy', 'strict'], ['module'], ['strict']],
  );
});

test('the sample suite', async () => {
  const root = path.join(__dirname, 'sample');
  const { counts, regressions } = await conformance({ root, printers: ['text', 'ast', 'reprint'] });
  // The one test that looks at a function's source text sees that it changed, in both printers; TypeScript's
  // own printer changes it too. All else passes.
  assert.equal(
    regressions.map((l) => `${l.file} ${l.printer}`),
    ['dies-instrumented.js text', 'source-text.js text', 'source-text.js ast', 'source-text.js reprint'],
  );
  assert.match(regressions[0].why ?? '', /the process died \(3\)/);
  assert.match(regressions[1].why ?? '', /enter/);
  assert.equal(
    judged(regressions).faults.map((l) => l.printer),
    ['text', 'text', 'ast'],
  );
  // early-error.js twice and nothing.js hold nothing that is instrumented; fails-plain.js fails by itself, and
  // dies-plain.js ends its process by itself. What stands after those that die is run all the same.
  assert.equal(counts, {
    'ok text': 8,
    'ok ast': 8,
    'ok reprint': 11,
    'alone text': 3,
    'alone ast': 3,
    plain: 2,
    'regression text': 2,
    'regression ast': 1,
    'regression reprint': 1,
  });
});

test('a folder that is no suite', async () => {
  let message = '';
  await conformance({ root: __dirname, printers: ['text'] }).catch((error) => {
    message = error.message;
  });
  assert.match(message, /no folder "test"/);
});

test.run();
