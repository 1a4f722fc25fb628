// The cases from the field, as far as selection goes: what is selected, what it is called, what is said.

import fs from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Compiler, compilers, type Picture, pickIn } from './select-support';

/** Each way in which a host parses doc comments; TypeScript before 5.3 has one. */
const MODES = ['ParseAll', 'ParseNone', 'ParseForTypeErrors', 'ParseForTypeInfo'] as const;

function read(name: string): string {
  return fs.readFileSync(path.join(__dirname, '../cases/inputs', name), 'utf8');
}

/** One case in every compiler and mode, which must agree; parsed alone, and as a bound file of a program. */
function pick(name: string, options: object = {}): Picture {
  const text = read(name);
  const pictures = compilers.flatMap((compiler) =>
    (compiler.JSDocParsingMode ? MODES : [undefined]).flatMap((mode) => {
      const how: ts.CreateSourceFileOptions = { languageVersion: compiler.ScriptTarget.ES2022 };
      if (mode) how.jsDocParsingMode = compiler.JSDocParsingMode[mode];
      const parse = () => compiler.createSourceFile(`/app/${name}`, text, how);
      return [pickIn(compiler, parse(), options), pickIn(compiler, bound(compiler, parse()), options)];
    }),
  );
  for (const other of pictures) assert.equal(other, pictures[0], name);
  return pictures[0];
}

function bound(compiler: Compiler, sourceFile: ts.SourceFile): ts.SourceFile {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === sourceFile.fileName ? sourceFile : undefined),
    getDefaultLibFileName: () => '/lib.d.ts',
    writeFile: () => {},
    getCurrentDirectory: () => '/app',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === sourceFile.fileName,
    readFile: () => undefined,
  };
  const program = compiler.createProgram([sourceFile.fileName], { noLib: true, types: [] }, host);
  program.getTypeChecker();
  return sourceFile;
}

test('01: a tagged function whose text is evaluated elsewhere is left alone, with one warning', () => {
  assert.equal(pick('01-tostring-fresh-realm.ts'), {
    labels: ['driver'],
    warnings: ['5:MEMPROF_W_TAG_TRAVELS sumSquares'],
  });
  const named = pick('01-tostring-fresh-realm.ts', { include: ['**'] });
  assert.equal(named.labels, ['driver'], 'nor is one that the options name');
});

test('03: nothing inside the arguments of a hoisted mock', () => {
  const expected = { labels: ['jest.mock', 'useMailer'], warnings: [] };
  assert.equal(pick('03-hoisted-mock-factory.ts', { include: ['**'] }), expected);
  assert.equal(pick('03-hoisted-mock-factory.ts', { functions: 'all' }), expected);
});

test('07: labels', () => {
  assert.is(
    pick('07-name-inference.ts').labels.join(' '),
    'arrow expr keepMe bag.prop bag.fn bag.short bag[key] bag[Symbol("sym")] Holder.field Holder.make Holder.method Cls.run',
  );
});

test('08: an anonymous default export', () => {
  assert.equal(pick('08-default-anonymous.ts').labels, ['default', 'viaArrow']);
});

test('16: an overload selects the one implementation, what has no body warns once', () => {
  assert.equal(pick('16-bodyless-declarations.ts'), {
    labels: ['pick', 'Sheet.scale', 'Sheet.constructor', 'Square.area'],
    warnings: [
      '3:MEMPROF_W_TAG_TARGET declare function fromElsewhere',
      '16:MEMPROF_W_TAG_TARGET method signature area',
      '20:MEMPROF_W_TAG_TARGET method area without a body',
      '39:MEMPROF_W_TAG_TARGET type Fn',
      '41:MEMPROF_W_TAG_TARGET const notAFunction',
      '43:MEMPROF_W_TAG_TARGET enum Level',
    ],
  });
});

test('27: every place of a tag, each once', () => {
  assert.equal(pick('27-tag-places.ts'), {
    labels: ['a', 'b', 'c', 'Box.d', 'Box.e', 'Box.f', 'o.g', 'o.h', 'i', 'j', 'k', 'l'],
    warnings: [],
  });
});

test('42 and 44: single-file mode and const enums select as ever', () => {
  assert.equal(pick('42-no-program.ts'), { labels: ['show'], warnings: [] });
  assert.equal(pick('44-other-typescript.ts'), { labels: ['twice'], warnings: [] });
});

test.run();
