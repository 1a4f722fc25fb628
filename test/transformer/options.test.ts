// The plugin's options: what is taken, what stops a build, and what each message names.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemprofError } from '../../contract/errors';
import { filePath, fileSelected, globMatches } from '../../transformer/files';
import { readOptions, stripAsked } from '../../transformer/options';
import { matchesWildcard } from '../../transformer/wildcard';

function failure(raw: unknown): MemprofError {
  try {
    readOptions(raw, {});
  } catch (error) {
    assert.instance(error, MemprofError);
    return error as MemprofError;
  }
  throw new Error(`accepted: ${JSON.stringify(raw)}`);
}

test('nothing given selects by tags alone', () => {
  for (const raw of [undefined, null, {}, { include: [] }, { include: undefined }]) {
    const selection = readOptions(raw, {});
    assert.is(selection.configured, false);
    assert.is(selection.strip, false);
  }
});

test('keys of hosts pass', () => {
  const host = {
    transform: 'memprof/transformer',
    import: 'default',
    after: false,
    afterDeclarations: false,
    transformProgram: false,
    type: 'program',
    name: 'memprof',
    resolvePathAliases: true,
    tsConfig: 'tsconfig.json',
    isEsm: false,
  };
  assert.is(readOptions(host, {}).configured, false);
});

test('an unknown key names itself, its value and what is allowed', () => {
  const error = failure({ incldue: ['src/**'] });
  assert.is(error.code, 'MEMPROF_E_OPTION');
  assert.match(error.message, '"incldue"');
  assert.match(error.message, '["src/**"]');
  assert.match(error.message, 'include, exclude, functions, decorators, strip');
});

test('a wrong value names key, value and what is allowed', () => {
  const wrong: [string, unknown][] = [
    ['include', 'src/**'],
    ['include', [1]],
    ['exclude', {}],
    ['functions', 'al'],
    ['functions', 7],
    ['functions', null],
    ['decorators', 'Injectable'],
    ['strip', 'false'],
    ['strip', 1],
  ];
  for (const [key, value] of wrong) {
    const error = failure({ [key]: value });
    assert.is(error.code, 'MEMPROF_E_OPTION_VALUE', key);
    assert.match(error.message, `"${key}"`);
    assert.match(error.message, JSON.stringify(value));
    assert.match(error.message, 'Allowed: ');
  }
  assert.is(failure([]).code, 'MEMPROF_E_OPTION_VALUE');
  assert.is(failure('strip').code, 'MEMPROF_E_OPTION_VALUE');
});

test('a pattern that cannot be read is named with the reason', () => {
  const bad: [string, string, RegExp][] = [
    ['include', '', /empty/],
    ['include', 'src/[a-', /\]/],
    ['include', 'src/{a,b', /\}/],
    ['exclude', '!src/**', /exclude/],
    ['functions', ' ', /empty/],
    ['functions', '/^load/', /regular expression/],
    ['functions', '!load', /off/],
    ['decorators', ' Injectable', /blanks/],
  ];
  for (const [key, value, reason] of bad) {
    const error = failure({ [key]: [value] });
    assert.is(error.code, 'MEMPROF_E_PATTERN', value);
    assert.match(error.message, `"${key}"`);
    assert.match(error.message, JSON.stringify(value));
    assert.match(error.message, reason);
  }
});

test('MEMPROF_STRIP strips whatever the options say', () => {
  for (const on of ['1', 'true', 'TRUE', 'on', ' yes ', 'Yes']) {
    assert.is(stripAsked({ MEMPROF_STRIP: on }), true, on);
    assert.is(readOptions({ strip: false }, { MEMPROF_STRIP: on }).strip, true, on);
  }
  for (const off of ['', '0', 'false', 'off', 'no', undefined]) {
    assert.is(stripAsked({ MEMPROF_STRIP: off }), false, String(off));
  }
  assert.is(readOptions({ strip: true }, { MEMPROF_STRIP: '0' }).strip, true);
});

test('a wildcard matches the whole text, dots too, and case counts', () => {
  const yes = [
    ['load*', 'loadAll'],
    ['*', 'a.b'],
    ['A.*', 'A.b.c'],
    ['*.x', 'A.b.x'],
    ['a[k]', 'a[k]'],
    ['a.$', 'a.$'],
  ];
  for (const [pattern, text] of yes) assert.ok(matchesWildcard(pattern, text), `${pattern} ${text}`);
  const no = [
    ['load', 'loadAll'],
    ['Load*', 'loadAll'],
    ['A.*', 'B.A.x'],
    ['a.b', 'axb'],
    ['a?', 'ab'],
  ];
  for (const [pattern, text] of no) assert.not.ok(matchesWildcard(pattern, text), `${pattern} ${text}`);
});

test('globs are matched from the root, on both kinds of separators', () => {
  assert.ok(globMatches('src/**/*.service.ts', '/app/src/x/a.service.ts', '/app'));
  assert.ok(globMatches('./src/**', '/app/src/a.ts', '/app'));
  assert.ok(globMatches('src', '/app/src/x/a.ts', '/app'));
  assert.ok(globMatches('src\\x\\*.ts', '/app/src/x/a.ts', '/app'));
  assert.ok(globMatches('src/**', 'C:\\app\\src\\a.ts', 'C:\\app'));
  assert.ok(globMatches('**/*.ts', '/other/lib/a.ts', '/app'), 'outside of the root');
  assert.ok(globMatches('/app/src/*.ts', '/app/src/a.ts', '/app'), 'an absolute glob');
  assert.not.ok(globMatches('src/*.ts', '/app/src/x/a.ts', '/app'));
  assert.not.ok(
    globMatches('**/build/**', '/build/app/src/a.ts', '/build/app'),
    'the way to the root is not asked',
  );
});

test('include and exclude decide together; node_modules must be named', () => {
  const of = (options: object, file: string) =>
    fileSelected({ ...readOptions(options, {}), root: '/app' }, file);
  const options = { include: ['src/**'], exclude: ['**/*.spec.ts'] };
  assert.is(of(options, '/app/src/a.ts'), true);
  assert.is(of(options, '/app/src/a.spec.ts'), false);
  assert.is(of(options, '/app/lib/a.ts'), false);
  assert.is(of({ functions: 'all' }, '/app/lib/a.ts'), true);
  assert.is(of({ functions: 'all' }, '/app/node_modules/x/a.ts'), false);
  assert.is(of({ include: ['**/*.ts'] }, '/app/node_modules/x/a.ts'), false);
  assert.is(of({ include: ['node_modules/x/**'] }, '/app/node_modules/x/a.ts'), true);
});

test('a file is called by its path from the root, with /', () => {
  assert.is(filePath('/app/src/a.ts', '/app'), 'src/a.ts');
  assert.is(filePath('C:\\app\\src\\a.ts', 'C:\\app'), 'src/a.ts');
  assert.is(filePath('C:/app/src/a.ts', 'C:/app'), 'src/a.ts');
  assert.is(filePath('./src\\a.ts', '/app'), 'src/a.ts');
  assert.is(filePath('/lib/a.ts', '/app'), '../lib/a.ts');
});

test.run();
