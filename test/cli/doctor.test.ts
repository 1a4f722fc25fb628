// `memprof doctor`: each way in which a project is silently not measured is named, with exit status 1; a sound
// one gets 0; the release gate lets nothing instrumented pass, nor an empty folder.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Folder } from './support';

const ENTRY = { transform: 'memprof/transformer' };
const OPTIONS = { target: 'ES2022', module: 'commonjs', rootDir: 'src', outDir: 'dist', types: [] };
const SOURCE = `/** @memprof */\nexport class Flights {\n  find() { return 1; }\n}\nexport function load() { return 2; }\n`;
const PATCHED = { typescript: 'typescript', 'ts-patch': 'ts-patch' };

const project = (
  config: object,
  more: Record<string, string | object> = {},
  packages: Record<string, string | object> = PATCHED,
) =>
  new Folder(
    {
      'src/a.ts': SOURCE,
      'tsconfig.json': config,
      'package.json': { scripts: { build: 'tspc -p .' } },
      ...more,
    },
    packages,
  );
const withPlugin = (entry: object = ENTRY) => ({
  compilerOptions: { ...OPTIONS, plugins: [entry] },
  include: ['src'],
});
const offs = (text: string) => text.split('\n').filter((line) => line.startsWith('OFF'));

test('a sound project: compiler, entry, what is selected and why, the built files', () => {
  const folder = project(withPlugin({ ...ENTRY, functions: ['load*'] }));
  const before = folder.memprof(['doctor']);
  assert.equal([before.status, offs(before.stdout)], [0, []]);
  assert.match(before.stdout, /TypeScript 5\.\d+\.\d+ with ts-patch 3\./);
  assert.match(before.stdout, 'script "build" builds with tspc');
  assert.match(before.stdout, 'Flights.find  src/a.ts:3  by the tag of its class');
  assert.match(before.stdout, 'load  src/a.ts:5  by functions "load*"');
  assert.match(before.stdout, 'dist is not there');
  folder.write({ 'dist/a.js': 'const $mp = require("memprof/runtime");' });
  assert.match(folder.memprof(['doctor']).stdout, 'dist: 1 of 1 files are instrumented');
  folder.write({ 'dist/a.js': 'exports.load = 1;' });
  const stale = folder.memprof(['doctor']);
  assert.equal([stale.status, offs(stale.stdout)], [1, ['OFF  dist: 0 of 1 files are instrumented']]);
});

test('extends: the plugin comes from a base; a list of its own in between drops it', () => {
  const child = { extends: './tsconfig.base.json', include: ['src'] };
  const sound = project(child, { 'tsconfig.base.json': withPlugin() }).memprof(['doctor']);
  assert.equal([sound.status, offs(sound.stdout)], [0, []]);
  assert.match(sound.stdout, 'tsconfig.json extends tsconfig.base.json');
  assert.match(sound.stdout, "the plugin's entry stands in tsconfig.base.json");
  const dropping = { ...child, compilerOptions: { plugins: [{ name: 'another' }] } };
  const dropped = project(dropping, { 'tsconfig.base.json': withPlugin() }).memprof(['doctor']);
  assert.is(dropped.status, 1);
  assert.match(
    offs(dropped.stdout)[0],
    'tsconfig.json has a list "plugins" of its own, which drops the entry in tsconfig.base.json',
  );
  const broken = project({ extends: './nowhere.json', include: ['src'] }).memprof(['doctor']);
  assert.match(offs(broken.stdout)[0], 'tsconfig.json extends "./nowhere.json", which is not found');
});

test('who compiles: no ts-patch, tsc that is not patched, a ts-patch too old, TypeScript 7', () => {
  const first = (folder: Folder) => offs(folder.memprof(['doctor']).stdout)[0] ?? '';
  assert.match(first(project(withPlugin(), {}, { typescript: 'typescript' })), 'tsc alone ignores "plugins"');
  const scripts = {
    'package.json': { scripts: { build: 'rimraf dist && tsc -p .', types: 'tsc --noEmit' } },
  };
  assert.match(first(project(withPlugin(), scripts)), 'script "build" builds with tsc, which is not patched');
  const old = { typescript: 'typescript-6.0', 'ts-patch': 'ts-patch' };
  assert.match(first(project(withPlugin(), {}, old)), /ts-patch 3\.\S+ does not know TypeScript 6\./);
  const native = {
    typescript: { name: 'typescript', version: '7.0.2' },
    '@typescript/typescript6': 'typescript-6.0',
  };
  assert.match(first(project(withPlugin(), {}, native)), 'TypeScript 7.0.2 ignores "plugins"');
  const after = { 'package.json': { scripts: { build: 'tsc -p . && memprof instrument dist' } } };
  assert.is(first(project(withPlugin(), after, native)), '');
  const alone = { typescript: { name: 'typescript', version: '7.0.2' } };
  assert.match(first(project(withPlugin(), after, alone)), 'TypeScript 7 has no API');
});

test('Nest: the plugin is missing, or the builder calls none', () => {
  const nest = (compilerOptions: object, scripts: object = { build: 'nest build' }) =>
    project(
      { compilerOptions: OPTIONS, include: ['src'] },
      { 'nest-cli.json': { compilerOptions }, 'package.json': { scripts } },
    ).memprof(['doctor']);
  const plugins = [{ name: 'memprof/nest', options: {} }];
  assert.equal(offs(nest({ plugins }).stdout), []);
  assert.match(offs(nest({}).stdout)[0], 'nest-cli.json names no memprof/nest');
  assert.match(offs(nest({ plugins, builder: 'swc' }).stdout)[0], 'the swc builder calls no plugin');
  assert.match(
    offs(nest({ plugins, builder: { type: 'rspack' } }).stdout)[0],
    'the rspack builder calls no plugin',
  );
  assert.equal(offs(nest({ builder: 'swc' }, { build: 'nest build && memprof instrument dist' }).stdout), []);
});

test('bundlers: a configuration that names the adapter, and one that does not', () => {
  const config = { compilerOptions: OPTIONS, include: ['src'] };
  const named = project(config, {
    'vite.config.ts': "import memprof from 'memprof/vite';",
    'webpack.config.js': '',
  }).memprof(['doctor']);
  assert.equal([named.status, offs(named.stdout)], [0, []]);
  assert.match(named.stdout, 'vite.config.ts names memprof/vite');
  assert.match(named.stdout, 'webpack.config.js does not name memprof/webpack');
});

test('nothing is selected; no step calls memprof', () => {
  const none = project(withPlugin(), { 'src/a.ts': 'export const a = 1;' }).memprof(['doctor']);
  assert.match(offs(none.stdout)[0], '0 functions are selected in 1 files');
  const lost = project({ compilerOptions: OPTIONS, include: ['src'] }, { 'dist/a.js': '' }).memprof([
    'doctor',
  ]);
  assert.is(lost.status, 1);
  assert.match(lost.stdout, 'No step of the build calls memprof');
});

test('the release gate', () => {
  const folder = new Folder({
    'clean/a.js': 'exports.a = 1;',
    'clean/b.mjs': 'export {};',
    'mixed/a.js': 'exports.a = 1;',
    'mixed/deep/b.mjs': 'import * as $mp from "memprof/runtime";',
    'bundle/out.js': 'var k=Symbol.for("memprof");',
    'empty/readme.txt': '',
  });
  const gate = (...places: string[]) => folder.memprof(['doctor', '--stripped', ...places]);
  assert.is(gate('clean').status, 0);
  const mixed = gate('clean', 'mixed');
  assert.equal([mixed.status, offs(mixed.stdout)], [1, ['OFF  mixed/deep/b.mjs is instrumented']]);
  assert.is(gate('bundle').status, 1);
  assert.is(gate('empty').status, 1);
  assert.is(gate('nowhere').status, 2);
  assert.is(gate().status, 2);
});

test.run();
