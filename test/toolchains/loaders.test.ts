// `memprof/register` beyond the shared test: what MEMPROF_INSTRUMENT selects, what is left alone, and what is said
// where nothing is measured. Each in a process of its own, CommonJS and ES modules.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Folder } from '../cli/support';

const REPORT = `process.on('exit', () => { const { functions } = require('memprof').stats(); for (const f of functions) console.log(f.name, f.file + ':' + f.line, f.calls); });`;
const FORMS = {
  commonjs: {
    'src/main.js': `const { load } = require('./rows.js');\nconst save = require('./save.js');\nfunction start() { return load(2) + save(3); }\nconsole.log(start());\n`,
    'src/rows.js': `exports.load = load;\nfunction load(n) { return n; }\n`,
    'src/save.js': `module.exports = function save(n) { return n; };\n`,
  },
  module: {
    'package.json': { type: 'module' },
    'src/main.js': `import { load } from './rows.js';\nimport save from './save.js';\nfunction start() { return load(2) + save(3); }\nconsole.log(start());\n`,
    'src/rows.js': `export { load };\nfunction load(n) { return n; }\n`,
    'src/save.js': `export default function save(n) { return n; }\n`,
  },
};
const START = ['--enable-source-maps', '--require', './report.cjs', '--import', 'memprof/register'];
const run = (folder: Folder, env: NodeJS.ProcessEnv = {}, file = 'src/main.js') =>
  folder.node([...START, file], env);

for (const [form, files] of Object.entries(FORMS)) {
  const made = (more: Record<string, string | object> = {}) =>
    new Folder({ 'report.cjs': REPORT, ...files, ...more });

  test(`${form}: MEMPROF_INSTRUMENT names files, and files that are left out`, () => {
    const folder = made();
    const all = run(folder, { MEMPROF_INSTRUMENT: 'src/**' });
    assert.equal(
      [all.stderr, all.stdout.split('\n').sort()],
      ['', ['', '5', 'load src/rows.js:2 1', 'save src/save.js:1 1', 'start src/main.js:3 1']],
    );
    const some = run(folder, { MEMPROF_INSTRUMENT: 'src/**, !src/rows.js' });
    assert.equal(
      [some.stderr, some.stdout.split('\n').sort()],
      ['', ['', '5', 'save src/save.js:1 1', 'start src/main.js:3 1']],
    );
  });

  test(`${form}: nothing is selected: said once, with the reason; off and strip say nothing`, () => {
    const folder = made();
    const none = run(folder);
    assert.equal([none.status, none.stdout], [0, '5\n']);
    assert.match(
      none.stderr,
      /^memprof is on and measures nothing: 3 files came by, none holds a .* tag.*\n$/,
    );
    const globs = run(folder, { MEMPROF_INSTRUMENT: 'lib/**' });
    assert.match(
      globs.stderr,
      /^memprof is on and measures nothing: 3 files came by, none of them matches \{"include":\["lib\/\*\*"\].*\n$/,
    );
    const strip = run(folder, { MEMPROF_INSTRUMENT: 'src/**', MEMPROF_STRIP: '1' });
    assert.equal([strip.stdout, strip.stderr], ['5\n', '']);
    const off = run(folder, { MEMPROF_INSTRUMENT: 'src/**', MEMPROF: 'off' });
    assert.equal([off.stdout, off.stderr], ['5\n', '']);
  });

  test(`${form}: a file that is instrumented already stays so`, () => {
    const folder = made();
    assert.is(folder.memprof(['instrument', 'src', '--functions', '*']).status, 0);
    const again = run(folder, { MEMPROF_INSTRUMENT: 'src/**' });
    assert.equal(
      [again.stderr, again.stdout.split('\n').sort()],
      ['', ['', '5', 'load src/rows.js:2 1', 'save src/save.js:1 1', 'start src/main.js:3 1']],
    );
  });

  test(`${form}: a file with an error is Node's to tell of`, () => {
    const folder = made({ 'src/rows.js': 'export function load( {\n' });
    const ran = run(folder, { MEMPROF_INSTRUMENT: 'src/**' });
    assert.is(ran.status, 1);
    assert.match(ran.stderr, 'SyntaxError');
  });

  test(`${form}: lines and names of the source, where a map lies beside`, () => {
    const text = {
      commonjs: 'module.exports = function save(n) { return n; };',
      module: 'export default function save(n) { return n; }',
    }[form];
    const map = { version: 3, file: 'save.js', sources: ['../lib/save.ts'], names: [], mappings: 'AAIA' };
    const folder = made({
      'src/save.js': `${text}\n//# sourceMappingURL=save.js.map\n`,
      'src/save.js.map': map,
    });
    const ran = run(folder, { MEMPROF_INSTRUMENT: 'lib/save.ts' });
    assert.equal([ran.stderr, ran.stdout], ['', '5\nsave lib/save.ts:5 1\n']);
  });
}

test('two files of one text are two files: one is named, the other is not', () => {
  const same = 'module.exports = function same() { return 1; };\n';
  const folder = new Folder({
    'report.cjs': REPORT,
    'src/main.js': "require('./a.js')(); require('./b.js')();\n",
    'src/a.js': same,
    'src/b.js': same,
  });
  const ran = run(folder, { MEMPROF_INSTRUMENT: 'src/b.js' });
  assert.equal([ran.stderr, ran.stdout], ['', 'same src/b.js:1 1\n']);
});

test('a glob that cannot be read stops the program, by its name', () => {
  const ran = run(new Folder({ 'report.cjs': REPORT, ...FORMS.commonjs }), { MEMPROF_INSTRUMENT: 'src/{a' });
  assert.is(ran.status, 1);
  assert.match(ran.stderr, /MEMPROF_E_PATTERN/);
  assert.match(ran.stderr, /src\/\{a/);
});

test('TypeScript by tsx: hooks in the wrong order either measure or say that they do not', () => {
  const files = {
    'report.cjs': REPORT,
    'src/main.ts':
      '/** @memprof */\nfunction start(n: number): number { return n; }\nconsole.log(start(1));\n',
  };
  const folder = new Folder(files, { tsx: 'tsx' });
  const order = (...hooks: string[]) =>
    folder.node(['--require', './report.cjs', ...hooks.flatMap((one) => ['--import', one]), 'src/main.ts']);
  const right = order('memprof/register', 'tsx');
  assert.equal([right.stderr, right.stdout], ['', '1\nstart src/main.ts:2 1\n']);
  const wrong = order('tsx', 'memprof/register');
  if (wrong.stdout === '1\n') assert.match(wrong.stderr, /^memprof is on and measures nothing: .*\n$/);
  else assert.equal([wrong.stderr, wrong.stdout], ['', '1\nstart src/main.ts:2 1\n']);
});

test.run();
