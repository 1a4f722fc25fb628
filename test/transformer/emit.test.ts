// The golden cases: what each printer makes of a small program is compared as text, and run. UPDATE=1
// rewrites the texts; read them then. Running must hold with every compiler, the text with the main one.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import plugin from '../../transformer/index';
import { COMPILERS, onAndOff, printed, run } from '../support/printed';

const ROOT = join(__dirname, '..', 'golden');

interface Options {
  functions?: string[] | 'all';
  /** The first TypeScript that reads the input. */
  since?: number;
}

for (const name of readdirSync(ROOT)) {
  const folder = join(ROOT, name);
  const input = readFileSync(join(folder, 'input.ts'), 'utf8');
  const file = join(folder, 'options.json');
  const options: Options = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { functions: 'all' };
  const { functions, since = 0 } = options;

  test(`${name}: text`, () => {
    const [text, ast] = printed(input, { fileName: 'input.ts', functions });
    expected(join(folder, 'expected.text.ts'), text.code);
    expected(join(folder, 'expected.js'), ast.code);
    assert.equal(text.functions, ast.functions);
    assert.equal([...text.warnings, ...ast.warnings], []);
    if (name !== 'hoists') assert.is(lines(text.code), lines(input), 'no line is added');
  });

  test(`${name}: run`, async () => {
    let events: string[] | undefined;
    for (const typescript of COMPILERS.filter((one) => Number(one.versionMajorMinor) >= since)) {
      const plain = await run(compiled(typescript, input));
      assert.ok(plain.output.length > 0);
      // An old compiler's super call stands before the account, so that it has events of its own.
      let own: string[] | undefined;
      for (const { printer, ...result } of printed(input, { fileName: 'input.ts', functions, typescript })) {
        const label = `${printer}, TypeScript ${typescript.version}`;
        const { on, off } = await onAndOff(compiled(typescript, result.code));
        assert.equal(on.output, plain.output, label);
        assert.equal(off.output, plain.output, `${label}, off`);
        assert.equal(on.recorder?.problems, [], label);
        own ??= on.recorder?.events;
        assert.equal(on.recorder?.events, own, `${label}: the same account`);
      }
      events ??= own;
    }
    expected(join(folder, 'expected.events.txt'), `${events?.join('\n')}\n`);
  });

  test(`${name}: lowered by the compiler`, async () => {
    const [typescript] = COMPILERS;
    for (const target of ['ES5', 'ES2015', 'ES2017'] as const) {
      const plain = await run(compiled(typescript, input, target));
      // An await in a class's key is more than TypeScript's own lowering to ES5 can do.
      if (plain.output[0].startsWith('SyntaxError')) continue;
      const { on, off } = await onAndOff(compiled(typescript, input, target, { functions }));
      assert.equal(on.output, plain.output, target);
      assert.equal(off.output, plain.output, `${target}, off`);
      assert.equal(on.recorder?.problems, [], target);
      assert.ok(on.recorder?.events.length, target);
    }
  });
}

function compiled(
  ts: typeof import('typescript'),
  code: string,
  target: 'ES5' | 'ES2015' | 'ES2017' | 'ES2022' = 'ES2022',
  measured?: { functions: Options['functions'] },
): string {
  const before = measured ? [plugin(undefined, measured, { ts })] : [];
  return ts.transpileModule(code, {
    fileName: 'input.ts',
    compilerOptions: {
      target: ts.ScriptTarget[target],
      module: ts.ModuleKind.CommonJS,
      alwaysStrict: false,
      downlevelIteration: true,
    },
    transformers: { before },
  }).outputText;
}

function expected(path: string, text: string): void {
  if (process.env.UPDATE) writeFileSync(path, text);
  assert.fixture(text, existsSync(path) ? readFileSync(path, 'utf8') : '');
}

function lines(text: string): number {
  return text.split('\n').length;
}

test.run();
