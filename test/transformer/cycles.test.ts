// A hoisted function that an import cycle calls before its module's body ran: the runtime and the table are
// there, in CommonJS and in ESM, by both printers.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instrument } from '../../transformer/instrument';
import { ROOT, runFile } from '../support/node';

const plugin = require('../../transformer/index') as typeof import('../../transformer/index');

const A = `import { b } from './b.mjs';
/** @memprof */
export function early(n: number): number { return n + 1; }
export const late = b;
console.log('a', early(1), late);
`;
const B = `import { early } from './a.mjs';
/** @memprof */
export function other(): number { return early(40) + 1; }
export const b = other();
console.log('b', b);
`;

for (const printer of ['plugin', 'text'] as const) {
  for (const format of ['cjs', 'mjs'] as const) {
    test(`${printer}, ${format}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'memprof-cycle-'));
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(ROOT, join(folder, 'node_modules', 'memprof'), 'dir');
      for (const [name, source] of [
        ['a', A],
        ['b', B],
      ]) {
        const text = source.replaceAll('.mjs', `.${format}`);
        const compilerOptions: ts.CompilerOptions = {
          target: ts.ScriptTarget.ES2022,
          module: format === 'cjs' ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext,
        };
        const transpile = (code: string, before: ts.TransformerFactory<ts.SourceFile>[]) =>
          ts.transpileModule(code, { fileName: `${name}.ts`, compilerOptions, transformers: { before } })
            .outputText;
        const code =
          printer === 'plugin'
            ? transpile(text, [plugin(undefined, {}, { ts } as never)])
            : instrument(transpile(text, []), { fileName: join(folder, `${name}.${format}`) }).code;
        assert.match(code, /memprof\/runtime/);
        writeFileSync(join(folder, `${name}.${format}`), code);
      }
      for (const MEMPROF of ['on', 'off']) {
        const { stdout, stderr } = runFile(join(folder, `a.${format}`), { env: { MEMPROF } });
        assert.is(stdout, 'b 42\na 2 42\n', stderr);
      }
    });
  }
}

test.run();
