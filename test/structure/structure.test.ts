// The house's own rules: what is public, which way imports run, that emitted code finds what it names, that
// the error table and its page agree, that supported versions are the same everywhere.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ABI_NAMES, CALL_NAMES } from '../../contract/abi';
import { CODES } from '../../contract/errors';
import { ROOT, resultOf, runCode } from '../support/node';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const sources = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file).split(sep).join('/'));

test('public exports are these and no others, by require and by import', () => {
  const names = {
    memprof: ['configure', 'disable', 'enable', 'merge', 'on', 'reset', 'stats', 'track'],
    'memprof/runtime': [...ABI_NAMES].sort(),
    'memprof/transformer': ['instrument'],
    'memprof/profile': ['profileOf', 'readRecordings'],
    'memprof/test': ['checkLeak', 'failOnSpikes', 'heaviest', 'limitMemory', 'measure'],
    'memprof/exporters/pprof': ['pprof'],
    'memprof/exporters/speedscope': ['speedscope'],
    'memprof/exporters/heapprofile': ['heapprofile'],
    'memprof/exporters/trace': ['trace'],
  };
  for (const [entry, expected] of Object.entries(names)) {
    const required = resultOf(
      runCode(`console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`),
    );
    assert.equal(required, expected, `require('${entry}')`);
    const imported = resultOf<string[]>(
      runCode(
        `import(require.resolve('${entry}')).then((m) => console.log(JSON.stringify(Object.keys(m).sort())))`,
      ),
    );
    assert.equal(
      imported.filter((name) => !['default', 'module.exports', '__esModule'].includes(name)),
      expected,
      `import '${entry}'`,
    );
  }
});

test('the plugin is what require gives, what import gives, and the default that ts-patch looks for', () => {
  const same = resultOf(
    runCode(`const plugin = require('memprof/transformer');
      import(require.resolve('memprof/transformer')).then((m) => console.log(JSON.stringify([typeof plugin, plugin.default === plugin, m.default === plugin])))`),
  );
  assert.equal(same, ['function', true, true]);
});

test('imports run one way: cli, integrations, transformer; the runtime shares only the contract with them', () => {
  const allowed: Record<string, string[]> = {
    contract: ['contract'],
    runtime: ['runtime', 'contract'],
    transformer: ['transformer', 'contract'],
    integrations: ['integrations', 'transformer', 'contract'],
    profile: ['profile', 'contract'],
    exporters: ['exporters', 'profile', 'contract'],
    testing: ['testing', 'runtime', 'profile', 'contract'],
    cli: ['cli', 'exporters', 'profile', 'integrations', 'transformer', 'contract'],
  };
  for (const [room, rooms] of Object.entries(allowed)) {
    for (const file of sources(room)) {
      for (const [, target] of read(file).matchAll(/(?:from|import|require)\s*\(?\s*'(\.[^']*)'/g)) {
        const at = relative(ROOT, join(ROOT, file, '..', target)).split(sep)[0];
        assert.ok(rooms.includes(at), `${file} imports ${target}`);
      }
    }
  }
});

test('the runtime imports node: modules only; the log, when its first line is written, pino', () => {
  for (const file of sources('runtime')) {
    const text = read(file);
    const outside = [...text.matchAll(/(?:from|require\()\s*'([^.'][^']*)'/g)].map(([, name]) => name);
    const others = outside.filter((name) => !name.startsWith('node:'));
    assert.equal([...new Set(others)], file === 'runtime/log.ts' ? ['pino', 'pino-pretty'] : [], file);
  }
  const loaded = resultOf<string[]>(
    runCode(
      `require('memprof'); require('memprof/runtime'); console.log(JSON.stringify(Object.keys(require.cache).filter((f) => /node_modules/.test(f))))`,
    ),
  );
  assert.equal(loaded, []);
});

test('every name that emitted code uses is in the contract, and the other way round', () => {
  // The values of parameters are spelled for each function.
  const templates = `${read('transformer/templates.ts')}${read('transformer/visit.ts').replace(/\$\{names\.s\}/g, '$s')}`;
  const used = (holder: string) =>
    [
      ...new Set([...templates.matchAll(new RegExp(`\\$${holder}\\.(\\w+)`, 'g'))].map(([, name]) => name)),
    ].sort();
  assert.equal(used('mp'), [...ABI_NAMES].sort());
  // `through` spells the four events that a value passes.
  const passed = [...templates.matchAll(/through\('(\w+)=/g)].map(([, name]) => name);
  assert.equal([...new Set([...used('s'), ...passed])].sort(), [...CALL_NAMES].sort());
});

test('each adapter is one of the package, short, and repeats none', () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, unknown> };
  const adapters = Object.values(exports).filter(
    (file): file is string => typeof file === 'string' && file.startsWith('./dist/integrations/'),
  );
  assert.ok(adapters.length >= 10);
  const lines = new Map<string, string>();
  for (const file of adapters) {
    const source = file.replace('./dist/', '').replace(/js$/, 'ts');
    const text = read(source);
    assert.ok(text.split('\n').length <= 80, `${source} has ${text.split('\n').length} lines`);
    // Lines of substance: what two adapters need lives once.
    for (const line of new Set(text.split('\n').map((one) => one.trim()))) {
      if (line.length < 40 || /^(\/\/|\*|\/\*|import |\))/.test(line)) continue;
      assert.not.ok(lines.has(line), `${source} and ${lines.get(line)} hold: ${line}`);
      lines.set(line, source);
    }
  }
});

test('README: each line of the table of toolchains stands in the project that proves it', () => {
  const rows = [...read('README.md').matchAll(/^\| (.+?) +\| `(.+)` +\| (\S+) +\| \[\S+\]\((\S+)\) *\|$/gm)];
  assert.ok(rows.length >= 25, `${rows.length} rows`);
  const squeezed = (text: string) => text.replace(/\s+/g, '');
  for (const [, name, line, file, project] of rows) {
    assert.ok(
      squeezed(read(join(project, file))).includes(squeezed(line)),
      `${name}: ${line} in ${project}/${file}`,
    );
  }
});

test('docs/errors.md lists exactly the codes of the table', () => {
  const listed = [...read('docs/errors.md').matchAll(/^## (MEMPROF_[EW]_\w+)$/gm)].map(([, code]) => code);
  assert.equal(listed.sort(), [...CODES].sort());
  const used = ['runtime', 'transformer', 'integrations', 'cli', 'exporters', 'profile', 'testing']
    .flatMap(sources)
    .map(read)
    .join('\n');
  for (const code of CODES) assert.ok(used.includes(`'${code}'`), `${code} is never given`);
});

test('package.json, README and CI agree on the versions of Node', () => {
  const { engines } = JSON.parse(read('package.json'));
  assert.is(engines.node, '^20.19.0 || ^22.12.0 || >=24.0.0');
  assert.match(read('README.md'), /Node 20\.19\+, 22\.12\+, 24 and later/);
  assert.match(read('.ci/run'), /for version in 20 22 24 26;/);
});

test('no tracked file names a registry or a machine', () => {
  assert.not.match(read('package-lock.json'), /"resolved": "http/);
  for (const folder of ['runtime', 'transformer', 'contract', 'docs', 'bench']) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const path = join(ROOT, folder, file);
      if (!/\.(ts|md|mjs)$/.test(file) || !existsSync(path)) continue;
      assert.not.match(readFileSync(path, 'utf8'), /\/(work|root|home)\//, file);
    }
  }
});

test.run();
