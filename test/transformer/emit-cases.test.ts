// The field cases: programs after public bug reports about neighbouring tools, each with what its plain
// build prints. Built by the plugin inside tsc, by instrument() before tsc and after it, with the runtime
// on and off, they must print exactly that.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import plugin from '../../transformer/index';
import { instrument } from '../../transformer/instrument';
import { Place } from './projects-support';

const INPUTS = path.join(__dirname, '..', 'cases', 'inputs');
const PACKAGE = path.join(__dirname, '..', '..', 'package.json');

// Its declarations do not parse under node16 resolution.
type Remap = (map: string, loader: (file: string, ctx: { depth: number }) => object | null) => object;
const remapping: Remap = require('@jridgewell/remapping');

// As much of reflect-metadata as a decorated class needs.
const METADATA = `
const kept = new WeakMap();
const of = (o, p) => { let m = kept.get(o); if (!m) kept.set(o, (m = new Map())); if (!m.has(p)) m.set(p, new Map()); return m.get(p); };
Reflect.defineMetadata = (k, v, o, p) => void of(o, p).set(k, v);
Reflect.getMetadata = (k, o, p) => { for (let c = o; c; c = Object.getPrototypeOf(c)) if (of(c, p).has(k)) return of(c, p).get(k); };
Reflect.metadata = (k, v) => (o, p) => void Reflect.defineMetadata(k, v, o, p);
`;

interface Case {
  name: string;
  file: string;
  mode: 'cjs' | 'esm';
  flags: string[];
  out: string;
}

const cases: Case[] = [];
for (const file of fs.readdirSync(INPUTS).filter((f) => /(?<!\.d)\.tsx?$/.test(f))) {
  const name = file.replace(/\.tsx?$/, '');
  const flags = /--enable-source-maps/.exec(fs.readFileSync(path.join(INPUTS, file), 'utf8')) ?? [];
  for (const mode of ['cjs', 'esm'] as const) {
    const own = path.join(INPUTS, `${name}.${mode}.out`);
    const common = path.join(INPUTS, `${name}.out`);
    const out = fs.existsSync(own) ? own : mode === 'cjs' && fs.existsSync(common) ? common : undefined;
    if (out) cases.push({ name, file, mode, flags: [...flags], out: fs.readFileSync(out, 'utf8') });
  }
}

// Case 03 selects by configuration; the others by tags.
const optionsOf = (fileName: string) =>
  path.basename(fileName).startsWith('03-') ? { include: ['**/*'] } : {};

// Tagged functions whose text travels are left alone, which is said; nothing else may be.
const warnings: string[] = [];

// Parsed once for the three programs of a mode.
const libraries = new Map<string, ts.SourceFile>();

type Way = 'plugin' | 'before tsc' | 'after tsc';

/** Builds every input of a mode into a folder of its own and answers that folder. */
function build(place: Place, mode: 'cjs' | 'esm', way: Way): string {
  const folder = path.join(place.folder, `${mode} ${way}`.replace(/ /g, '-'));
  const esm = mode === 'esm';
  const files = fs.readdirSync(INPUTS).filter((f) => /\.tsx?$/.test(f));
  const wanted = esm ? files.filter((f) => /^(08|48)-/.test(f)) : files;
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: esm ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
    moduleResolution: esm ? ts.ModuleResolutionKind.Bundler : ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: '5.0',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    jsx: ts.JsxEmit.React,
    jsxFactory: 'h',
    jsxFragmentFactory: 'Frag',
    skipLibCheck: true,
    sourceMap: true,
    types: ['node'],
    rootDir: INPUTS,
    outDir: folder,
  };
  fs.mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: esm ? 'module' : 'commonjs' }));
  fs.symlinkSync(path.join(place.folder, 'memprof'), path.join(folder, 'node_modules', 'memprof'), 'dir');

  const metadata = path.join(folder, 'node_modules', 'reflect-metadata');
  fs.mkdirSync(metadata);
  fs.writeFileSync(path.join(metadata, 'index.js'), METADATA);

  const warn = (text: string) => warnings.push(`${way}: ${text}`);
  const maps = new Map<string, object>();
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (fileName, language, ...rest) => {
    const declares = fileName.endsWith('.d.ts');
    if (way !== 'before tsc' || declares) {
      const key = `${mode} ${fileName}`;
      const file = libraries.get(key) ?? getSourceFile.call(host, fileName, language, ...rest);
      if (declares && file) libraries.set(key, file);
      return file;
    } else {
      const source = fs.readFileSync(fileName, 'utf8');
      const { code, map } = instrument(source, { fileName, root: INPUTS, warn, ...optionsOf(fileName) });
      if (map) maps.set(path.basename(fileName), map);
      return ts.createSourceFile(fileName, code, language);
    }
  };
  const program = ts.createProgram(
    wanted.map((f) => path.join(INPUTS, f)),
    options,
    host,
  );
  const before: ts.TransformerFactory<ts.SourceFile>[] = [];
  if (way === 'plugin') {
    const addDiagnostic = (d: ts.Diagnostic) => warn(ts.flattenDiagnosticMessageText(d.messageText, '\n'));
    const factories = [{}, { include: ['**/*'] }].map((o) =>
      plugin(program, o, { ts, addDiagnostic } as never),
    );
    before.push((context) => {
      const [tags, all] = factories.map((factory) => factory(context));
      return (file) => (path.basename(file.fileName).startsWith('03-') ? all(file) : tags(file));
    });
  }
  const write = (file: string, text: string) => {
    if (file.endsWith('.js.map') && way === 'before tsc') {
      const mapOf = (source: string, { depth }: { depth: number }) =>
        depth === 1 ? (maps.get(path.basename(source)) ?? null) : null;
      const result = remapping(text, mapOf);
      text = result.toString();
    }
    fs.writeFileSync(file, text);
  };
  program.emit(undefined, write, undefined, false, { before });
  if (way === 'after tsc') {
    for (const file of fs.readdirSync(folder).filter((f) => f.endsWith('.js'))) {
      const fileName = path.join(folder, file);
      const inputSourceMap = fs.readFileSync(`${fileName}.map`, 'utf8');
      const source = fs.readFileSync(fileName, 'utf8');
      const { code, map } = instrument(source, {
        fileName,
        root: folder,
        inputSourceMap,
        warn,
        ...optionsOf(fileName),
      });
      fs.writeFileSync(fileName, code);
      fs.writeFileSync(`${fileName}.map`, JSON.stringify(map));
    }
  }
  return folder;
}

function node(one: Case, folder: string, MEMPROF: string): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, MEMPROF, MEMPROF_LOG: 'off', NODE_OPTIONS: '' };
  // A test runner may want colours; the expected outputs have none.
  delete env.FORCE_COLOR;
  const child = spawn(process.execPath, [...one.flags, path.join(folder, `${one.name}.js`)], { env });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  let wrong = '';
  child.stderr.on('data', (data) => {
    wrong += data;
  });
  return new Promise((resolve) => child.on('close', () => resolve(text || wrong)));
}

const test = suite('field cases');
let place: Place;
test.before(() => {
  place = new Place();
});
test.after(() => place.close());

for (const way of ['plugin', 'before tsc', 'after tsc'] as const) {
  const folders: Partial<Record<string, string>> = {};
  for (const one of cases) {
    test(`${one.name} ${one.mode}, ${way}`, async () => {
      folders[one.mode] ??= build(place, one.mode, way);
      const folder = folders[one.mode] as string;
      const code = fs.readFileSync(path.join(folder, `${one.name}.js`), 'utf8');
      assert.is(await node(one, folder, 'on'), one.out, 'on');
      // Switched off, a program does not care how it was built.
      if (way === 'plugin') assert.is(await node(one, folder, 'off'), one.out, 'off');
      if (!/^01-/.test(one.name)) assert.match(code, /\$mp\.enter\(/);
    });
  }
}

test('what is left alone is said, and only that', () => {
  for (const way of ['plugin', 'before tsc', 'after tsc']) {
    const own = warnings.filter((text) => text.startsWith(way));
    assert.ok(own.length > 0, way);
    for (const text of own) assert.match(text, /MEMPROF_W_TAG_(TRAVELS|TARGET)/, way);
  }
});

test('the package that the programs load is this one', () => {
  const copy = path.join(place.folder, 'memprof', 'package.json');
  assert.is(fs.readFileSync(copy, 'utf8'), fs.readFileSync(PACKAGE, 'utf8'));
});

test.run();
