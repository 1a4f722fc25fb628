// Do limits, leaks, spikes and the heaviest tests come out as verdicts in Vitest and in Jest? Real projects, with memprof
// installed from its tarball and functions instrumented by the runner's own build.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Installed } from '../toolchains/installed';

const SOURCE = `/** @memprof 1MB */
export function fill(n: number): number[] {
  return new Array<number>(n).fill(1);
}
`;

const TESTS = `
const kept: unknown[] = [];
test('holds', () => limitMemory('1 MB', () => fill(1000)));
test('over', () => limitMemory('500 KB', () => fill(1e5)));
test('keeps', () => limitMemory('500 KB', () => fill(1e5), { of: 'retained' }));
test('buffers', () => limitMemory('1 MB', () => Buffer.alloc(2e6), { of: 'external' }));
test('leaks', () => checkLeak(() => { kept.push(fill(1000)); }));
test('clean', () => checkLeak(() => fill(1000)));
test('spikes', () => { fill(1e6); });
test('quiet', () => { fill(10); });
`;
const VERDICTS = {
  holds: 'passed',
  over: 'failed',
  keeps: 'failed',
  buffers: 'failed',
  leaks: 'failed',
  clean: 'passed',
  spikes: 'failed',
  quiet: 'passed',
};

interface Report {
  testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
}

function check(project: Installed, text: string, report: string): void {
  const results = (JSON.parse(project.read(report)) as Report).testResults.flatMap(
    (one) => one.assertionResults,
  );
  const verdicts = Object.fromEntries(results.map(({ title, status }) => [title, status]));
  assert.equal(verdicts, VERDICTS, text);
  const said = (title: string) =>
    results.find((one) => one.title === title)?.failureMessages.join('\n') ?? '';
  assert.match(said('over'), /\d{3}\.\d kB \(\d{6} bytes\) was allocated by a run .*the limit is 500\.0 kB/);
  assert.match(said('over'), /\d{3}\.\d kB {2}fill {2}src\/fill\.ts:2 {2}\(1 call\)/);
  assert.match(said('keeps'), /is retained on the heap/);
  assert.match(said('buffers'), /2\.0 MB \(2000000 bytes\) is retained in buffers/);
  assert.match(said('leaks'), /A run leaves ~8\.\d kB behind/);
  assert.match(
    said('spikes'),
    /A call passed the threshold:\n {2}(7\.9|8\.\d) MB, threshold 1\.0 MB {2}fill {2}src\/fill\.ts:2 {2}called with \(n: number\)/,
  );
  const list = text.slice(text.indexOf('memprof: allocated by the heaviest tests')).split('\n').slice(1);
  assert.match(list[0], /^\s*\d+\.\d MB {2}over$/, text);
}

test('Vitest: hooks of the module in a setup file', () => {
  const project = new Installed('test-vitest', 'vitest');
  project.write('src/fill.ts', SOURCE);
  project.write(
    'setup.ts',
    `import * as vitest from 'vitest';\nimport { failOnSpikes, heaviest } from 'memprof/test';\nfailOnSpikes(vitest);\nheaviest({ runner: vitest });\n`,
  );
  project.write(
    'vitest.config.ts',
    `import memprof from 'memprof/vite';\nimport { defineConfig } from 'vitest/config';\nexport default defineConfig({ plugins: [memprof()], test: { setupFiles: ['./setup.ts'], include: ['src/limits.test.ts'], testTimeout: 100_000 } });\n`,
  );
  project.write(
    'src/limits.test.ts',
    `import { test } from 'vitest';\nimport { checkLeak, limitMemory } from 'memprof/test';\nimport { fill } from './fill';\n${TESTS}`,
  );
  const args = [
    'vitest',
    'run',
    '--disable-console-intercept',
    // The default one needs Node 21 to show a failure.
    '--reporter=json',
    '--outputFile.json=report.json',
  ];
  const { text, status } = project.run('npx', args);
  assert.is(status, 1, text);
  check(project, text, 'report.json');
});

test('Jest: global hooks in a setup file', () => {
  const project = new Installed('test-jest', 'swc-jest');
  project.write('src/fill.ts', SOURCE);
  project.write(
    'setup.js',
    `const { failOnSpikes, heaviest } = require('memprof/test');\nfailOnSpikes();\nheaviest();\n`,
  );
  project.write(
    'jest.config.js',
    `module.exports = { testTimeout: 100_000, setupFilesAfterEnv: ['<rootDir>/setup.js'], transform: { '\\\\.ts$': ['memprof/swc-jest', { memprof: {}, jsc: { target: 'es2022' } }] } };\n`,
  );
  project.write(
    'src/limits.test.ts',
    `import { checkLeak, limitMemory } from 'memprof/test';\nimport { fill } from './fill';\n${TESTS}`,
  );
  const { text, status } = project.run('npx', [
    'jest',
    'src/limits.test.ts',
    '--json',
    '--outputFile=report.json',
  ]);
  assert.is(status, 1, text);
  check(project, text, 'report.json');
});

test.run();
