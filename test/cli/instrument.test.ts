// `memprof instrument`: what it does to built files, their maps, and to a second run.

import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Folder } from './support';

const SOURCE = `export interface Row { id: number }

/** @memprof */
export function load(count: number): Row[] {
  return Array.from({ length: count }, (_, id) => ({ id }));
}
export class Shop {
  find(id: number): Row | undefined {
    if (id < 0) throw new Error('none');
    return load(3).find((row) => row.id === id);
  }
}
try { new Shop().find(1); new Shop().find(-1); } catch (error) { console.log((error as Error).stack?.split('\\n')[1].trim()); }
`;
const CONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'commonjs',
    sourceMap: true,
    rootDir: 'src',
    outDir: 'dist',
    types: [],
  },
  include: ['src'],
};
const REPORT = `process.on('exit', () => { const { functions } = require('memprof').stats(); for (const f of functions) console.log(f.name, f.file + ':' + f.line, f.calls); });`;

function built(options: object = {}, config: object = CONFIG): Folder {
  const folder = new Folder(
    { 'src/shop.ts': SOURCE, 'tsconfig.json': config, 'report.cjs': REPORT },
    { typescript: 'typescript' },
  );
  folder.write(options as Record<string, string>);
  assert.is(folder.tsc().status, 0);
  return folder;
}
const run = (folder: Folder, file = 'dist/shop.js') =>
  folder.node(['--enable-source-maps', '-r', './report.cjs', file]);

test('tags: names, lines and files of the source, a trace that leads there, nothing the second time', () => {
  const folder = built();
  const plain = folder.node(['--enable-source-maps', 'dist/shop.js']);
  const first = folder.memprof(['instrument', 'dist']);
  assert.equal([first.status, first.stderr], [0, '']);
  assert.match(first.stdout, 'memprof: 1 functions in 1 of 1 files instrumented');
  const { stdout } = run(folder);
  assert.is(stdout, `${plain.stdout}load src/shop.ts:4 1\n`);
  assert.match(plain.stdout, /src\/shop\.ts:9:23/);
  const code = folder.read('dist/shop.js');
  const second = folder.memprof(['instrument', 'dist']);
  assert.match(second.stdout, 'memprof: 0 functions in 0 of 1 files instrumented, 1 were before');
  assert.equal([second.status, second.stderr, folder.read('dist/shop.js')], [0, '', code]);
  assert.equal(fs.readdirSync(`${folder.path}/dist`).sort(), ['shop.js', 'shop.js.map']);
});

test('the options: of the tsconfig, where globs mean the sources; of the command line, which win', () => {
  const plugins = [{ transform: 'memprof/transformer', include: ['src/**/*.ts'], functions: ['Shop.*'] }];
  const config = { ...CONFIG, compilerOptions: { ...CONFIG.compilerOptions, plugins } };
  const folder = built({}, config);
  assert.match(
    folder.memprof(['instrument', 'dist', '--dry-run']).stdout,
    /Shop\.find {2}dist\/shop\.js {2}line 8 of the source\n/,
  );
  assert.not.match(folder.read('dist/shop.js'), 'memprof/runtime');
  assert.is(folder.memprof(['instrument', 'dist']).status, 0);
  assert.match(
    run(folder).stdout,
    /Shop\.find src\/shop\.ts:8 2\nload src\/shop\.ts:4 1\n$|load src\/shop\.ts:4 1\nShop\.find src\/shop\.ts:8 2\n$/,
  );
  const other = built({}, config);
  const asked = other.memprof(['instrument', 'dist', '--include', 'lib/**']);
  assert.match(asked.stdout, 'memprof: 1 functions');
});

test('tags of the source count where the compiler dropped its comments, `off` among them', () => {
  const options = { ...CONFIG.compilerOptions, removeComments: true };
  const folder = built({}, { ...CONFIG, compilerOptions: options });
  assert.not.match(folder.read('dist/shop.js'), '@memprof');
  assert.is(folder.memprof(['instrument', 'dist']).status, 0);
  assert.match(run(folder).stdout, /load src\/shop\.ts:4 1\n$/);
  const off = new Folder(
    {
      'src/shop.ts': SOURCE.replace('@memprof */', '@memprof off */'),
      'tsconfig.json': { ...CONFIG, compilerOptions: options },
    },
    { typescript: 'typescript' },
  );
  assert.is(off.tsc().status, 0);
  const { stdout } = off.memprof(['instrument', 'dist', '--functions', '*']);
  assert.match(stdout, 'Shop.find');
  assert.not.match(stdout, /^ *load/m);
});

test('a map inside the file, and none: lines are right', () => {
  const inline = {
    ...CONFIG,
    compilerOptions: { ...CONFIG.compilerOptions, sourceMap: false, inlineSourceMap: true },
  };
  const folder = built({}, inline);
  assert.is(folder.memprof(['instrument', 'dist/shop.js']).status, 0);
  assert.match(run(folder).stdout, /src\/shop\.ts:9:23[\s\S]*load src\/shop\.ts:4 1\n$/);
  const none = built({}, { ...CONFIG, compilerOptions: { ...CONFIG.compilerOptions, sourceMap: false } });
  assert.is(none.memprof(['instrument', 'dist']).status, 0);
  assert.match(run(none).stdout, /dist\/shop\.js:\d+:\d+[\s\S]*load dist\/shop\.js:\d+ 1\n$/);
});

test('nothing selected is said once, with the reason; a strip changes nothing and says so', () => {
  const folder = new Folder({ 'dist/a.js': 'function plain() {}\n' });
  const { status, stderr } = folder.memprof(['instrument', 'dist']);
  assert.is(status, 0);
  assert.match(
    stderr,
    /^memprof is on and measures nothing: 1 files came by, none holds a \/\*\* @memprof \*\/ tag.*\n$/,
  );
  const globs = folder.memprof(['instrument', 'dist', '--include', 'src/**']);
  assert.match(globs.stderr, /none of them matches \{"include":\["src\/\*\*"\]\}/);
  const functions = folder.memprof(['instrument', 'dist', '--functions', 'load*,save']);
  assert.match(functions.stderr, /no function there matches \{"functions":\["load\*","save"\]\}/);
  const strip = folder.memprof(['instrument', 'dist', '--functions', 'all'], { MEMPROF_STRIP: '1' });
  assert.match(strip.stdout, /nothing is rewritten/);
  assert.is(folder.read('dist/a.js'), 'function plain() {}\n');
});

test('usage: help, no place, a place that is not there, a wrong option', () => {
  const folder = new Folder({ 'a.js': '' });
  const status = (...args: string[]) => folder.memprof(args);
  assert.is(status('--help').status, 0);
  assert.match(status('instrument', '--help').stdout, 'usage: memprof instrument PATH');
  assert.match(status('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  for (const [args, says] of [
    [[], 'usage: memprof COMMAND'],
    [['instrument'], 'name the files or folders'],
    [['instrument', 'nowhere'], 'there is no file or folder "nowhere"'],
    [['instrument', 'a.js', '--functoins', 'x'], "'--functoins'"],
    [['instrument', 'a.js', '--functions', ''], 'MEMPROF_E_PATTERN'],
    [['instrument', 'a.js', '-p', 'nope.json'], 'there is no "nope.json"'],
    [['instrumnet'], 'there is no command "instrumnet"'],
  ] as [string[], string][]) {
    const ran = status(...args);
    assert.is(ran.status, 2, args.join(' '));
    assert.match(ran.stdout + ran.stderr, says);
  }
});

test.run();
