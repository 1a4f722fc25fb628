// instrument() around its printers: what is left untouched, maps, the file's head, the compiler that it
// parses with.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { instrument } from '../../transformer/instrument';
import { printed } from '../support/printed';

const TAGGED = '/** @memprof */\nfunction f() { return 1 }\n';
const head = (code: string, fileName: string, more: object = {}) =>
  instrument(code, { fileName, functions: 'all', ...more }).code;

test('nothing selected: the text and its map are what came in', () => {
  const code = 'function f() {}\n';
  const inputSourceMap = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' };
  const result = instrument(code, { fileName: 'a.js', functions: ['g'], inputSourceMap });
  assert.is(result.code, code);
  assert.equal(result.map, inputSourceMap);
  assert.equal(result.functions, []);
  assert.equal(instrument(code, { fileName: 'a.js' }).functions, []);
});

test('strip leaves everything as it is', () => {
  assert.is(instrument(TAGGED, { fileName: 'a.ts', strip: true }).code, TAGGED);
  for (const value of ['1', 'true', 'on', 'yes', ' YES ']) {
    process.env.MEMPROF_STRIP = value;
    assert.is(instrument(TAGGED, { fileName: 'a.ts' }).code, TAGGED, value);
  }
  for (const value of ['0', 'no', '']) {
    process.env.MEMPROF_STRIP = value;
    assert.is.not(instrument(TAGGED, { fileName: 'a.ts' }).code, TAGGED, value);
  }
  delete process.env.MEMPROF_STRIP;
});

test('a file that does not parse is left alone, and that is said', () => {
  const broken = `${TAGGED}function g( { return }`;
  for (const { code, functions, warnings, printer } of printed(broken, { fileName: 'a.ts' })) {
    assert.is(code, broken, printer);
    assert.equal(functions, []);
    assert.match(warnings.join(), /^a\.ts:2:1 - .*does not parse.*MEMPROF_W_FILE/);
    assert.is(warnings.length, 1);
  }
});

test('the runtime is imported by modules and required by scripts', () => {
  const f = 'function f(){}';
  const imports = /^import \* as \$mp from "memprof\/runtime";/;
  const requires = /^var \$mp=require\("memprof\/runtime"\);/;
  assert.match(head(`${f}`, 'a.mjs'), imports);
  assert.match(head(`${f}`, 'a.mts'), imports);
  assert.match(head(`export ${f}`, 'a.js'), imports);
  assert.match(head(`${f} import.meta.url`, 'a.ts'), imports);
  assert.match(head(`await null; ${f}`, 'a.ts'), imports);
  assert.match(head(`for await (const x of []); ${f}`, 'a.ts'), imports);
  assert.match(head(`${f}`, 'a.ts'), requires);
  assert.match(head(`${f}`, 'a.cts'), requires);
  assert.match(head(`(async () => { await null })`, 'a.js'), requires);
  assert.match(head(`${f}`, 'a.js', { format: 'module' }), imports);
  // The package around this file is CommonJS.
  assert.match(head(`${f}`, `${__dirname}/a.js`), requires);
});

test('hashbang, comments and directives stay in front of the head', () => {
  assert.match(head('#!/usr/bin/env node\nfunction f(){}', 'a.js'), /^#!\/usr\/bin\/env node\nvar \$mp=/);
  assert.match(head('"use strict"\nfunction f(){}', 'a.js'), /^"use strict";var \$mp=/);
  assert.match(head('"use client"; "b" /* c */\nfunction f(){}', 'a.js'), /^"use client"; "b";var \$mp=/);
  assert.match(head('/** @jsx h */\nfunction f(){}', 'a.jsx'), /^\/\*\* @jsx h \*\/\nvar \$mp=/);
});

test('maps lead each user’s token to its own line and column', () => {
  const code = 'async function f(a) {\n  const x = 1; return await a.find(x);\n}\nconst g = () => f(2);\n';
  for (const { code: out, map, printer } of printed(code, { fileName: 'a.js', functions: 'all' })) {
    const trace = new TraceMap(map as never);
    const outLines = out.split('\n');
    for (const token of ['find', 'await', 'const g', 'f(2)']) {
      const at = outLines.findIndex((l) => l.includes(token));
      const found = originalPositionFor(trace, { line: at + 1, column: outLines[at].indexOf(token) });
      const line = code.split('\n').findIndex((l) => l.includes(token));
      const column = code.split('\n')[line].indexOf(token);
      assert.equal([found.line, found.column], [line + 1, column], `${printer} ${token}`);
    }
    // What is inserted belongs to the function that it stands in, not to the file's beginning.
    const at = outLines.findLastIndex((l) => l.includes('$s.explain()'));
    const column = outLines[at].lastIndexOf('$s.explain');
    assert.is(originalPositionFor(trace, { line: at + 1, column }).line, 4, printer);
  }
});

test('an input map: lines, file and map are those of the first source', () => {
  const source =
    'type A = 1;\n\n\nexport class K {\n\n  /** @memprof */\n  async m(a: A) {\n\n    await a;\n  }\n}\n';
  const compiled = ts.transpileModule(source, {
    fileName: 'k.ts',
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, sourceMap: true },
  });
  const inputSourceMap = compiled.sourceMapText as string;
  for (const input of [inputSourceMap, JSON.parse(inputSourceMap)]) {
    for (const printer of ['text', 'ast'] as const) {
      const options = { fileName: '/p/dist/k.js', root: '/p', inputSourceMap: input, printer };
      const { code, map, functions } = instrument(compiled.outputText, options);
      assert.equal(functions, [{ name: 'K.m', line: 7 }]);
      assert.match(code.replace(/ /g, ''), /\["K.m",7,1,\["a"\],\[9\]\]/, printer);
      assert.match(code, /file\("dist\/k\.ts"/);
      assert.match(map?.sources[0] ?? '', /k\.ts$/);
      const lines = code.split('\n');
      const at = lines.findIndex((l) => l.includes('await'));
      const found = originalPositionFor(new TraceMap(map as never), {
        line: at + 1,
        column: lines[at].indexOf('await'),
      });
      assert.equal([found.line, found.column], [9, 4], printer);
    }
  }
});

test('no map on demand', () => {
  assert.is(instrument(TAGGED, { fileName: 'a.ts', sourceMap: false }).map, undefined);
});

test('a tag’s threshold and a suspension’s lines are in the table', () => {
  const code = '/** @memprof 1KB */\nfunction* f(a) {\n  yield 1;\n\n  yield 2;\n}\n';
  assert.match(instrument(code, { fileName: 'a.js' }).code, /\["f",2,2,\["a"\],\[3,5\],1000\]/);
});

test('more than twelve parameters: the first twelve', () => {
  const many = Array.from({ length: 14 }, (_, i) => `p${i}`).join();
  const { code } = instrument(`function f(${many}){}`, { fileName: 'a.js', functions: 'all' });
  assert.match(code, /\{\$s\.arg=p0;.*;\$s\.arg=p11;\$s\.explain\(\)\}/);
  assert.not.match(code, /"p12"/);
});

test('the compiler that is given is the one that parses; one that cannot is replaced by the project’s', () => {
  let used = false;
  const spy = {
    ...ts,
    createSourceFile: ((...args: Parameters<typeof ts.createSourceFile>) => {
      used = true;
      return ts.createSourceFile(...args);
    }) as typeof ts.createSourceFile,
  };
  instrument(TAGGED, { fileName: 'a.ts', typescript: spy });
  assert.ok(used);
  // TypeScript 7's package has a version and nothing to parse with.
  const seven = { version: '7.0.2' } as typeof ts;
  assert.is(instrument(TAGGED, { fileName: 'a.ts', typescript: seven }).functions.length, 1);
});

test('wrong options are errors with a code', () => {
  assert.throws(
    () => instrument(TAGGED, { fileName: 'a.ts', functoins: 'all' } as never),
    (error: { code: string }) => error.code === 'MEMPROF_E_OPTION',
  );
});

test.run();
