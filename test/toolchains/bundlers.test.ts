// The bundlers' plugin beyond the shared test, by esbuild: what is measured in which kind of file, what is left
// alone, what is said where nothing is selected, and what a build without a match loads.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Folder } from '../cli/support';

const BUILD = `const { build } = require('esbuild'); const memprof = require('memprof/esbuild');
  build({ entryPoints: [process.argv[2]], bundle: true, platform: 'node', packages: process.env.INSIDE ? undefined : 'external', jsx: 'transform', jsxFactory: 'h', outfile: 'dist/out.js', logLevel: 'error',
    plugins: [memprof(JSON.parse(process.env.OPTIONS ?? '{}'))] })
    .then(() => { if (process.env.LOADED) console.log(Object.keys(require.cache).some((file) => /typescript/.test(file))); });`;
const REPORT = `process.on('exit', () => { const { functions } = require('memprof').stats(); for (const f of functions) console.log(f.name, f.file + ':' + f.line, f.calls); });`;
const made = (files: Record<string, string | object>) =>
  new Folder(
    { 'build.cjs': BUILD, 'report.cjs': REPORT, ...files },
    { esbuild: 'esbuild', '@esbuild': '@esbuild' },
  );
const build = (folder: Folder, file: string, env: NodeJS.ProcessEnv = {}) =>
  folder.node(['build.cjs', file], env);
const run = (folder: Folder) => folder.node(['-r', './report.cjs', 'dist/out.js']);

test('every kind of source file, import and require', () => {
  const f = (name: string) => `/** @memprof */\nfunction ${name}() { return 1; }\n`;
  const folder = made({
    'src/main.mts': `import a from './a.js'; import { b } from './b.mjs'; import c = require('./c.cjs'); import { d } from './d.jsx'; import { e } from './e.tsx'; import './f.js';\n${f('main')}console.log(main(), a(), b(), c(), d(), e());`,
    'src/a.js': `${f('a')}export default a;`,
    'src/b.mjs': `${f('b')}export { b };`,
    'src/c.cjs': `${f('c')}module.exports = c;`,
    'src/d.jsx': `const h = () => 1;\n/** @memprof */\nexport function d() { return <p>{1}</p>; }`,
    'src/e.tsx': `const h = (..._: unknown[]): number => 1;\n/** @memprof */\nexport function e(): number { return <p>{1 as never}</p> as never; }`,
    'src/f.js': `${f('f')}globalThis.f = f();`,
  });
  const built = build(folder, 'src/main.mts');
  assert.equal([built.status, built.stderr], [0, '']);
  assert.equal(run(folder).stdout.split('\n').sort(), [
    '',
    '1 1 1 1 1 1',
    'a src/a.js:2 1',
    'b src/b.mjs:2 1',
    'c src/c.cjs:2 1',
    'd src/d.jsx:3 1',
    'e src/e.tsx:3 1',
    'f src/f.js:2 1',
    'main src/main.mts:3 1',
  ]);
});

test('memprof inside the bundle: it runs, is measured, logs, and the release gate sees it', () => {
  const folder = made({
    'main.js': '/** @memprof 1 */\nfunction big() { return new Array(1000).fill(1); }\nbig();',
  });
  const built = build(folder, 'main.js', { INSIDE: '1' });
  assert.equal([built.status, built.stderr], [0, '']);
  const ran = folder.node(['dist/out.js'], { MEMPROF_LOG: 'all' });
  assert.is(ran.status, 0);
  assert.match(ran.stderr, 'big allocated');
  assert.is(folder.memprof(['doctor', '--stripped', 'dist']).status, 1);
});

test('packages are left alone, whatever tags they hold, unless include names them', () => {
  const files = {
    'main.js': `const dep = require('dep');\n/** @memprof */\nfunction main() { return dep(); }\nconsole.log(main());`,
    'node_modules/dep/index.js': `/** @memprof */\nmodule.exports = function dep() { return 1; };`,
  };
  const folder = made(files);
  build(folder, 'main.js', { INSIDE: '1' });
  assert.match(run(folder).stdout, /^1\nmain main\.js:3 1\n$/);
  build(folder, 'main.js', { INSIDE: '1', OPTIONS: JSON.stringify({ include: ['node_modules/dep/**'] }) });
  assert.match(run(folder).stdout, /^1\n.*dep node_modules\/dep\/index\.js:2 1\n/s);
});

test('nothing selected: one line with the reason, and no compiler was loaded', () => {
  const folder = made({ 'main.js': `require('./other.js');`, 'other.js': 'function other() {}\nother();' });
  const built = build(folder, 'main.js', { LOADED: '1' });
  assert.equal([built.status, built.stdout], [0, 'false\n']);
  assert.match(built.stderr, /^memprof is on and measures nothing: 2 files came by, none holds .*\n$/);
  const strip = build(folder, 'main.js', { MEMPROF_STRIP: '1' });
  assert.equal([strip.status, strip.stderr], [0, '']);
});

test('a wrong option stops the build with its name; a wrong size with its place', () => {
  const folder = made({ 'main.js': '/** @memprof 10XB */\nfunction main() {}' });
  const wrong = build(folder, 'main.js', { OPTIONS: '{"functoins":["a"]}' });
  assert.is(wrong.status, 1);
  assert.match(wrong.stderr, 'unknown option "functoins"');
  const size = build(folder, 'main.js');
  assert.is(size.status, 1);
  assert.match(size.stderr, /main\.js:1:5 .*"10XB" is no size|main\.js:1:\d+.*10XB/);
});

test.run();
