// The plugin in real projects: tspc builds them with `{ "transform": "memprof/transformer" }`, their
// output runs, strip builds are byte for byte those of plain tsc, wrong options stop the build.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HOSTS, Place } from './projects-support';

// What ran, as the runtime counted it.
const REPORT = `
  const { stats } = require('memprof');
  process.on('exit', () => {
    const rows = stats().functions.map((one) => one.name + ' ' + one.file + ':' + one.line + ' x' + one.calls);
    console.log(rows.sort().join('\\n'));
  });`;

const place = new Place();
process.on('exit', () => place.close());

for (const host of HOSTS) {
  const test = suite(host.name);
  // What no version of TypeScript or ts-patch bears on is tried with one of them: each build takes seconds.
  const once = host.typescript === 'typescript' ? test : () => {};
  let plain: ReturnType<Place['project']>;
  test.before(() => {
    plain = place.project('commonjs', host, { plugin: null });
    assert.equal(plain.tsc(), { status: 0, text: '' });
  });

  const run = (project: ReturnType<Place['project']>, file = 'out/main.js') => {
    const report = `data:text/javascript,${encodeURIComponent(
      `import { createRequire } from 'node:module'; const require = createRequire(process.cwd() + '/x.js'); ${REPORT}`,
    )}`;
    return project.node(['--enable-source-maps', '--import', report, file]);
  };

  test('commonjs: built without another key, runs, is measured, places are those of the source', () => {
    const project = place.project('commonjs', host);
    assert.equal(project.tspc(), { status: 0, text: '' });
    const expected = plain.node(['--enable-source-maps', 'out/main.js']);
    assert.match(expected.text, 'flight.service.ts:30:34');
    assert.equal(run(project), {
      status: 0,
      text: `${expected.text}${[
        'FlightService.constructor src/flight.service.ts:16 x1',
        'FlightService.fails src/flight.service.ts:28 x1',
        'FlightService.get count src/flight.service.ts:34 x1',
        'FlightService.history src/flight.service.ts:21 x1',
        'total src/shapes.ts:4 x1',
      ].join('\n')}\n`,
    });
    for (const [name, text] of Object.entries(plain.output())) {
      if (/\.d\.ts(\.map)?$/.test(name) || /^(types|main)\./.test(name)) {
        assert.is(project.output()[name], text, `${name} has nothing to do with memprof`);
      }
    }
  });

  test('esm and .cts: import and require, selection by the options', () => {
    const project = place.project('esm', host);
    assert.equal(project.tspc(), { status: 0, text: '' });
    assert.equal(run(project), {
      status: 0,
      text: '6 8 plain\nJob.run src/main.ts:9 x1\nloadAll src/loader.ts:1 x1\ntwice src/legacy.cts:2 x1\n',
    });
    const output = project.output();
    assert.match(output['main.js'], /^#!.*\n'use strict';\nimport \* as \$mp from "memprof\/runtime";/);
    assert.match(output['legacy.cjs'], /require\("memprof\/runtime"\)/);
    assert.not.match(output['loader.spec.js'], 'memprof');
  });

  once('a script stays one; warnings stand on stderr, once, and do not fail the build', () => {
    const project = place.project('script', host);
    const built = project.tspc();
    assert.is(built.status, 0);
    const warnings = built.text.trim().split('\n');
    assert.is(warnings.length, 2, built.text);
    assert.match(warnings[0], /^src\/main\.ts:14:1 - warning MEMPROF_W_TAG_TRAVELS: .*"moved".*line 17/);
    assert.match(warnings[1], /^src\/main\.ts:11:1 - warning MEMPROF_W_TAG_TARGET: .*interface NoBody/);
    assert.equal(run(project), { status: 0, text: '21\ntext\nearly src/main.ts:6 x1\n' });
  });

  test('strip: every byte is that of plain tsc', () => {
    const expected = plain.output();
    assert.equal(
      Object.keys(expected).filter((one) => /^main/.test(one)),
      ['main.d.ts', 'main.d.ts.map', 'main.js', 'main.js.map'],
    );
    const byOption = place.project('commonjs', host, { plugin: { strip: true, functions: 'all' } });
    assert.equal(byOption.tspc(), { status: 0, text: '' });
    assert.equal(byOption.output(), expected);
  });

  once('strip: MEMPROF_STRIP does the same, whatever the options say', () => {
    const expected = plain.output();
    const byEnvironment = place.project('commonjs', host, { plugin: { functions: 'all' } });
    assert.equal(byEnvironment.tspc(undefined, { MEMPROF_STRIP: ' True ' }), { status: 0, text: '' });
    assert.equal(byEnvironment.output(), expected);
    assert.is(byEnvironment.tspc(undefined, { MEMPROF_STRIP: 'off' }).status, 0);
    assert.not.equal(byEnvironment.output(), expected);
  });

  test('a wrong option stops the build: key, value, what is allowed, no output, also incremental', () => {
    const wrong = [
      {
        plugin: { incldue: ['src/**'] },
        says: /error MEMPROF_E_OPTION: .*"incldue".*\["src\/\*\*"\].*Allowed: include/,
      },
      {
        plugin: { functions: 'al' },
        says: /error MEMPROF_E_OPTION_VALUE: .*"functions" is "al"\. Allowed: /,
      },
      { plugin: { exclude: ['src/{a'] }, says: /error MEMPROF_E_PATTERN: .*"exclude".*"src\/\{a"/ },
    ];
    for (const { plugin, says } of once === test ? wrong : wrong.slice(0, 1)) {
      const project = place.project('commonjs', host, { plugin, options: { incremental: true } });
      const built = project.tspc();
      assert.is(built.status, 1);
      assert.match(built.text, says);
      assert.is(built.text.trim().split('\n').length, 1, built.text);
      assert.equal(project.output(), {});
    }
  });

  once('a wrong size stops the build before any file is written', () => {
    const project = place.project('refused', host);
    const built = project.tspc();
    assert.is(built.status, 1);
    assert.match(built.text, /^src\/b\.ts:2:3 - error MEMPROF_E_TAG_SIZE: .*"10XB"/);
    assert.equal(project.output(), {});
  });

  once('a watch goes on after a wrong size, and measures the file once it is mended', async () => {
    const project = place.project('refused', host);
    const watch = project.watch();
    try {
      const first = await watch.until('Watching for file changes');
      assert.match(first, /src\/b\.ts:2:3 - error MEMPROF_E_TAG_SIZE/);
      assert.match(project.output()['a.js'], '$mp.enter');
      assert.not.match(project.output()['b.js'], '$mp.enter');
      project.write('src/b.ts', 'export class B {\n  /** @memprof 10MB */\n  second() {}\n}\n');
      assert.not.match(await watch.until('Watching for file changes'), 'MEMPROF_E');
      assert.match(project.output()['b.js'], '"B.second"');
    } finally {
      watch.stop();
    }
  });

  once(
    'no tag and no option in the whole build: one warning, with the reason, and none in a strip build',
    () => {
      const project = place.project('refused', host);
      project.write('src/b.ts', 'export const b = 2;\n');
      project.write('src/a.ts', 'export const a = 1;\n');
      const built = project.tspc();
      assert.is(built.status, 0);
      assert.match(
        built.text,
        /^warning MEMPROF_W_UNUSED: .*measures nothing: 2 files are compiled, none holds .*\n$/,
      );
      assert.equal(project.tspc(undefined, { MEMPROF_STRIP: '1' }), { status: 0, text: '' });
    },
  );

  once('patterns that select nothing are named', () => {
    const built = place
      .project('esm', host, { plugin: { include: ['lib/**', 'src/**'], functions: ['laod*', 'load*'] } })
      .tspc();
    assert.is(built.status, 0);
    assert.equal(
      built.text
        .match(/warning MEMPROF_W_NOTHING: .*?selects nothing/g)
        ?.map((one) => one.replace(/.*option /, '')),
      ['"include": "lib/**" selects nothing', '"functions": "laod*" selects nothing'],
    );
  });

  once('incremental and -b builds', () => {
    const project = place.project('commonjs', host, { options: { incremental: true, composite: true } });
    assert.equal(project.tspc(), { status: 0, text: '' });
    assert.match(project.output()['shapes.js'], '$mp.enter');
    const built = place.project('commonjs', host, { options: { composite: true } });
    assert.equal(built.tspc(['-b']), { status: 0, text: '' });
    assert.match(built.output()['shapes.js'], '$mp.enter');
  });

  test.run();
}
