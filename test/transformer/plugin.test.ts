// The plugin in its hosts: with and without a program, behind another transformer, with the wrong
// compiler; what it says and where; what it leaves alone.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import plugin from '../../transformer';
import { Diagnostics } from '../../transformer/diagnostics';
import { type Compiler, compilers } from './select-support';

const [old, usual] = compilers;

interface Built {
  output: Record<string, string>;
  diagnostics: ts.Diagnostic[];
}

/** Compiles files in memory under /app with the plugin behind `first`. */
function build(
  compiler: Compiler,
  files: Record<string, string>,
  options?: object,
  more: {
    compilerOptions?: ts.CompilerOptions;
    first?: ts.TransformerFactory<ts.SourceFile>;
    only?: string;
  } = {},
): Built {
  const compilerOptions: ts.CompilerOptions = {
    target: compiler.ScriptTarget.ES2022,
    module: compiler.ModuleKind.CommonJS,
    noLib: true,
    types: [],
    ...more.compilerOptions,
  };
  const host: ts.CompilerHost = {
    getSourceFile: (name, target) => {
      const text = files[path.posix.relative('/app', name)];
      return text === undefined ? undefined : compiler.createSourceFile(name, text, target);
    },
    getDefaultLibFileName: () => '/lib.d.ts',
    writeFile: () => {},
    getCurrentDirectory: () => '/app',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => files[path.posix.relative('/app', name)] !== undefined,
    readFile: (name) => files[path.posix.relative('/app', name)],
  };
  const program = compiler.createProgram(
    Object.keys(files).map((name) => `/app/${name}`),
    compilerOptions,
    host,
  );
  const diagnostics: ts.Diagnostic[] = [];
  const extras = { ts: compiler, addDiagnostic: (one: ts.Diagnostic) => diagnostics.push(one) };
  const output: Record<string, string> = {};
  const target = more.only === undefined ? undefined : program.getSourceFile(`/app/${more.only}`);
  const before = [...(more.first ? [more.first] : []), plugin(program, options, extras)];
  program.emit(
    target,
    (name, text) => void (output[path.posix.relative('/app', name)] = text),
    undefined,
    undefined,
    {
      before,
    },
  );
  return { output, diagnostics };
}

const texts = ({ diagnostics }: Built) =>
  diagnostics.map((one) => {
    const line = one.file ? one.file.getLineAndCharacterOfPosition(one.start ?? 0).line + 1 : 0;
    const code = /\[(MEMPROF_\w+)\]$/.exec(String(one.messageText))?.[1];
    return `${one.file ? path.posix.basename(one.file.fileName) : '-'}:${line} ${code}`;
  });

const TAGGED = '/** @memprof */\nexport const twice = (n: number) => n * 2;\n';
const measured = (code: string) => code.includes('$mp.enter(');

test('single-file hosts: no program, an empty one, no options', () => {
  for (const compiler of compilers) {
    const compilerOptions = { module: compiler.ModuleKind.CommonJS, target: compiler.ScriptTarget.ES2022 };
    const empty = compiler.createProgram([], { noLib: true });
    for (const program of [undefined, empty]) {
      for (const options of [undefined, {}]) {
        const before = [plugin(program, options, { ts: compiler })];
        const { outputText } = compiler.transpileModule(TAGGED, {
          compilerOptions,
          transformers: { before },
        });
        assert.ok(measured(outputText));
        assert.match(outputText, '"twice"');
      }
    }
  }
});

test('a type-only import stays elided', () => {
  const text =
    'import { inspect, type InspectOptions } from "node:util";\n/** @memprof */\nexport function show(v: unknown, o?: InspectOptions) { return inspect(v, o); }';
  const compilerOptions = {
    module: usual.ModuleKind.ESNext,
    target: usual.ScriptTarget.ES2022,
    isolatedModules: true,
  };
  const before = [plugin(undefined, {}, { ts: usual })];
  const { outputText } = usual.transpileModule(text, { compilerOptions, transformers: { before } });
  assert.ok(measured(outputText));
  assert.match(outputText, 'import { inspect } from "node:util"');
});

test('labels and paths count from the folder of tsconfig', () => {
  const { output } = build(
    usual,
    { 'src/deep/a.ts': TAGGED },
    {},
    { compilerOptions: { configFilePath: '/app/src/tsconfig.json' } as ts.CompilerOptions },
  );
  assert.match(output['src/deep/a.js'], '$mp.file("deep/a.ts"');
  assert.match(build(usual, { 'src/a.ts': TAGGED }).output['src/a.js'], '$mp.file("src/a.ts"');
});

test('a file with nothing selected is the same object; strip is the identity', () => {
  for (const [options, text] of [
    [{}, 'export const a = () => 1;'],
    [{ include: ['lib/**'] }, 'export const a = () => 1;'],
    [{}, '/** @memprof */\ndeclare const a: number; export {};'],
    [{ strip: true, functions: 'all' }, TAGGED],
  ] as const) {
    const sourceFile = usual.createSourceFile('/app/a.ts', text, usual.ScriptTarget.ES2022, true);
    const factory = plugin(undefined, options as object, { ts: usual, addDiagnostic: () => {} });
    const [result] = usual.transform(sourceFile, [factory]).transformed;
    assert.is(result, sourceFile);
  }
});

test('behind another transformer: changed, new and moved nodes', () => {
  for (const compiler of compilers) {
    const first: ts.TransformerFactory<ts.SourceFile> = (context) => (sourceFile) => {
      const { factory } = context;
      const visit: ts.Visitor = (node) => {
        // Every method gets a statement, every literal a new node.
        if (compiler.isMethodDeclaration(node) && node.body) {
          const extra = factory.createExpressionStatement(factory.createStringLiteral('extra'));
          const body = factory.createBlock([extra, ...node.body.statements], true);
          return factory.updateMethodDeclaration(
            node,
            node.modifiers,
            node.asteriskToken,
            node.name,
            node.questionToken,
            node.typeParameters,
            node.parameters,
            node.type,
            body,
          );
        }
        if (compiler.isNumericLiteral(node)) return factory.createNumericLiteral(Number(node.text) + 1);
        return compiler.visitEachChild(node, visit, context);
      };
      const changed = compiler.visitEachChild(sourceFile, visit, context);
      const made = factory.createFunctionDeclaration(
        undefined,
        undefined,
        'made',
        undefined,
        [],
        undefined,
        factory.createBlock([]),
      );
      return factory.updateSourceFile(changed, [...changed.statements, made]);
    };
    const text =
      'export class K {\n  /** @memprof */\n  m(a: number) { return a + 1; }\n}\n/** @memprof */\nexport const f = () => 41;\n';
    const built = build(compiler, { 'a.ts': text }, { functions: ['made'] }, { first });
    assert.equal(built.diagnostics, []);
    const code = built.output['a.js'];
    for (const label of ['"K.m"', '"f"', '"made"']) assert.match(code, label);
    assert.match(code, '"extra"');
    assert.match(code, '42');
  }
});

test('an entry that stands twice measures once', () => {
  const compilerOptions = { module: usual.ModuleKind.CommonJS, target: usual.ScriptTarget.ES2022 };
  const before = [plugin(undefined, {}, { ts: usual }), plugin(undefined, {}, { ts: usual })];
  const { outputText } = usual.transpileModule(TAGGED, { compilerOptions, transformers: { before } });
  assert.is(outputText.match(/\.enter\(/g)?.length, 1);
});

test('a warning that comes again is shown once', () => {
  const said: ts.Diagnostic[] = [];
  const diagnostics = new Diagnostics(usual, { addDiagnostic: (one) => said.push(one) }, '/app');
  const sourceFile = usual.createSourceFile('/app/a.ts', 'a();\nb();', usual.ScriptTarget.ES2022, true);
  const [a, b] = sourceFile.statements;
  for (const node of [a, a, b]) diagnostics.warn('MEMPROF_W_TAG_TARGET', { value: 'x' }, sourceFile, node);
  assert.equal(
    said.map((one) => one.start),
    [0, 5],
  );
});

test('if a file cannot be handled it stays whole, with a warning', () => {
  const broken: ts.TransformerFactory<ts.SourceFile> = () => (sourceFile) =>
    new Proxy(sourceFile, {
      get: (target, key) => {
        if (key === 'statements') throw new Error('no statements');
        return Reflect.get(target, key);
      },
    });
  const sourceFile = usual.createSourceFile('/app/a.ts', TAGGED, usual.ScriptTarget.ES2022, true);
  const said: ts.Diagnostic[] = [];
  const factory = plugin(undefined, {}, { ts: usual, addDiagnostic: (one) => said.push(one) });
  const context = {} as ts.TransformationContext;
  const given = broken(context)(sourceFile);
  assert.is(factory(context)(given), given);
  assert.match(String(said[0].messageText), /no statements.*MEMPROF_W_FILE/);
  assert.is(said.length, 1);
});

test('a script under ES output is left alone with a warning, under CommonJS it requires', () => {
  const text = '/** @memprof */\nfunction a() {}';
  const es = build(usual, { 'a.ts': text }, {}, { compilerOptions: { module: usual.ModuleKind.ES2022 } });
  assert.equal(texts(es), ['a.ts:2 MEMPROF_W_FILE']);
  assert.not.ok(measured(es.output['a.js']));
  const cjs = build(usual, { 'a.ts': text });
  assert.match(cjs.output['a.js'], /var \$mp = require\("memprof\/runtime"\)/);
  assert.not.match(cjs.output['a.js'], '__esModule');
});

test('ES output imports, `preserve` with .cts requires', () => {
  const esm = build(usual, { 'a.ts': TAGGED }, {}, { compilerOptions: { module: usual.ModuleKind.ESNext } });
  assert.match(esm.output['a.js'], 'import * as $mp from "memprof/runtime"');
  const preserved = build(
    usual,
    { 'a.cts': '/** @memprof */\nfunction a() {}\nexport = a;' },
    {},
    { compilerOptions: { module: usual.ModuleKind.Preserve } },
  );
  assert.match(preserved.output['a.cjs'], /var \$mp = require\("memprof\/runtime"\)/);
});

test('warnings come as diagnostics with file, place, category and code, each once', () => {
  const text =
    '/** @memprof */\ninterface I {}\n\n/** @memprof */\nfunction f() {}\nexport const g = f.toString();\n';
  const built = build(usual, { 'a.ts': text });
  assert.equal(texts(built), ['a.ts:5 MEMPROF_W_TAG_TRAVELS', 'a.ts:2 MEMPROF_W_TAG_TARGET']);
  for (const one of built.diagnostics) {
    assert.is(one.category, usual.DiagnosticCategory.Warning);
    assert.is(one.source, 'memprof');
    assert.ok(one.code >= 990001);
    assert.ok(one.length! > 0);
  }
});

test('what selects nothing in a whole program is named, each pattern once', () => {
  const files = {
    'src/a.ts': '@Dec class A { load() {} }\nexport {}',
    'src/b.ts': 'export const b = () => 1;',
  };
  const nothing = (options: object, only?: string) =>
    build(usual, files, options, { only }).diagnostics.map((one) => String(one.messageText));
  const one = (options: object, key: string, value: string) => {
    const said = nothing(options);
    assert.is(said.length, 1, JSON.stringify([options, said]));
    assert.match(said[0], 'MEMPROF_W_NOTHING');
    assert.match(said[0], `"${key}": ${value}`);
  };
  one({ include: ['lib/**', 'src/**'] }, 'include', '"lib/**"');
  one({ functions: ['A.*', 'laod*'] }, 'functions', '"laod*"');
  one({ decorators: ['Dec', 'Controller'] }, 'decorators', '"Controller"');
  one({ include: ['lib/**'] }, 'include', '"lib/**"');
  assert.is(nothing({ functions: ['x', 'y'] }).length, 2);
  assert.equal(nothing({ include: ['src/**'], functions: ['b'], decorators: ['Dec'] }), []);
  assert.equal(nothing({}), []);
  assert.equal(
    nothing({ functions: ['laod*'] }, 'src/a.ts'),
    [],
    'an incremental build has not seen every file',
  );
});

test('options that match only files without functions are named too', () => {
  const built = build(usual, { 'src/a.ts': 'export const a = 1;' }, { include: ['src/**'] });
  assert.equal(texts(built), ['-:0 MEMPROF_W_NOTHING']);
});

test('a wrong option, pattern or size is thrown before anything is emitted', () => {
  const files = { 'a.ts': TAGGED, 'b.ts': '\n/** @memprof 10XB */\nexport const b = () => 1;' };
  assert.throws(() => build(usual, { 'a.ts': TAGGED }, { incldue: [] }), /"incldue".*Allowed: include/);
  assert.throws(() => build(usual, { 'a.ts': TAGGED }, { include: ['src/{a'] }), /MEMPROF_E_PATTERN/);
  assert.throws(() => build(usual, files), /^b\.ts:2:1 @memprof tag: "10XB" is no size/);
  assert.equal(
    build(usual, { 'a.ts': 'export const s = "/** @memprof 10XB */";' }).diagnostics,
    [],
    'a string is no tag',
  );
});

test('a compiler that cannot read the tree: an error that names both', () => {
  const compilerOptions = { module: old.ModuleKind.CommonJS };
  const transpile = (extras?: object) =>
    old.transpileModule(TAGGED, {
      compilerOptions,
      transformers: { before: [plugin(undefined, {}, extras)] },
    });
  for (const extras of [undefined, { ts: usual }]) {
    assert.throws(
      () => transpile(extras),
      (error: Error & { code: string }) =>
        error.code === 'MEMPROF_E_TYPESCRIPT' &&
        /TypeScript 5\.0\.4 \(.*TypeScript 5\.9\.3 \(/.test(error.message),
    );
  }
  assert.ok(measured(transpile({ ts: old }).outputText));
});

test("without extras the project's own compiler is taken, also another copy of the same version", () => {
  const compilerOptions = { module: usual.ModuleKind.CommonJS };
  const before = [plugin(undefined, {})];
  assert.ok(
    measured(usual.transpileModule(TAGGED, { compilerOptions, transformers: { before } }).outputText),
  );
});

test('loading the plugin loads neither a compiler nor a library, and a build that selects nothing neither', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'memprof-plugin-'));
  try {
    const script = path.join(folder, 'probe.cts');
    fs.writeFileSync(
      script,
      `const { default: plugin } = require(${JSON.stringify(path.resolve(__dirname, '../../transformer/index.ts'))});
       plugin(undefined, {})({})({ fileName: '/a.ts', text: 'a()', isDeclarationFile: false });
       plugin(undefined, { strip: true })({})({ fileName: '/a.ts', text: '@memprof', isDeclarationFile: false });
       const heavy = /[\\\\/](typescript|magic-string|picomatch|pino|remapping|trace-mapping)[\\\\/]/;
       console.log(JSON.stringify(Object.keys(require.cache).filter(f => heavy.test(f))));`,
    );
    const printed = execFileSync(process.execPath, ['-r', 'tsx/cjs', script], {
      encoding: 'utf8',
      cwd: path.resolve(__dirname, '../..'),
    });
    assert.equal(JSON.parse(printed), []);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
