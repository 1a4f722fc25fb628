// `memprof export`: which file it writes where, what it says on which stream, how it ends.

import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST } from '../exporters/profiles';
import { HEADER, recordingOf } from './recordings';
import { Folder } from './support';

const NAME = `memprof-${HEADER.start}-${HEADER.pid}-0.jsonl`;

const FILES = {
  pprof: 'memprof.pb.gz',
  speedscope: 'memprof.speedscope.json',
  heapprofile: 'memprof.heapprofile',
  trace: 'memprof.trace.json',
};

const project = () => new Folder({ [`.memprof/${NAME}`]: recordingOf(FIRST), 'empty/a.txt': '' });

test('each format has a name of its own in the working directory; pprof is the default', () => {
  const folder = project();
  for (const [format, file] of Object.entries(FILES)) {
    const { status, stdout, stderr } = folder.memprof(['export', '--format', format]);
    assert.equal([status, stdout], [0, ''], stderr);
    assert.match(stderr, new RegExp(`^memprof export: wrote ${file} \\([\\d.]+ k?B\\) of 1 recording\\.\n$`));
    if (format !== 'pprof') assert.type(JSON.parse(folder.read(file)), 'object');
  }
  const other = project();
  assert.is(other.memprof(['export', `.memprof/${NAME}`]).status, 0);
  assert.is(other.read(FILES.pprof), folder.read(FILES.pprof));
});

test('-o names a file, or stdout, which has nothing else; --bytes chooses', () => {
  const folder = project();
  const named = folder.memprof(['export', '--format', 'speedscope', '-o', 'out.json', '.memprof']);
  assert.match(named.stderr, 'wrote out.json');
  assert.not.ok(existsSync(`${folder.path}/${FILES.speedscope}`));
  const { status, stdout, stderr } = folder.memprof(['export', '--format=speedscope', '-o', '-']);
  assert.equal([status, stderr, stdout], [0, '', folder.read('out.json')]);
  const some = folder.memprof(['export', '--format=speedscope', '-o-', '--bytes', 'external, self']).stdout;
  assert.equal(
    JSON.parse(some).profiles.map(({ name }: { name: string }) => name),
    ['self', 'external', 'unowned (~)'],
  );
});

test('no recording, and a file that cannot be written: status 1, and what to do', () => {
  const folder = project();
  const none = folder.memprof(['export', 'empty', 'gone']);
  assert.equal([none.status, none.stdout], [1, '']);
  assert.match(none.stderr, 'memprof export: gone: there is no such file or folder');
  assert.match(none.stderr, 'memprof export: no recording in empty, gone. Make one by `memprof run app.js`');
  assert.not.ok(existsSync(`${folder.path}/${FILES.pprof}`));
  const unwritable = folder.memprof(['export', '-o', 'no/such\x1b/out']);
  assert.is(unwritable.status, 1);
  assert.match(unwritable.stderr, /^memprof export: cannot write no\/such\\u\{1b\}\/out: ENOENT/);
  assert.match(unwritable.stderr, 'by -o FILE.\n');
  assert.not.match(unwritable.stderr, '\x1b');
});

test('bad usage: status 2, and the usage', () => {
  const folder = project();
  for (const [args, what] of [
    [
      ['--format', 'flame\x1b'],
      'there is no format "flame\\u{1b}": one of pprof, speedscope, heapprofile, trace.',
    ],
    [['--format', 'toString'], 'there is no format "toString"'],
    [['--bytes', 'self,total'], 'there is no "total": one or more of self, awaited, external.'],
    [['-o', ''], '-o has no FILE'],
    [['--what'], '--what'],
  ] as [string[], string][]) {
    const { status, stdout, stderr } = folder.memprof(['export', ...args]);
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, what);
    assert.match(stderr, 'usage: memprof export');
  }
  const help = folder.memprof(['export', '--help']);
  assert.is(help.status, 0);
  assert.match(help.stdout, /^usage: memprof export/);
  assert.match(folder.memprof(['--help']).stdout, /^ {2}export {6}write recordings/m);
});

test('from code: memprof/profile and an exporter', () => {
  const folder = project();
  folder.write({
    'own.js': `const { readRecordings, profileOf } = require('memprof/profile');
      const { speedscope } = require('memprof/exporters/speedscope');
      process.stdout.write(speedscope(profileOf(readRecordings(['.memprof'])), { bytes: ['self'] }));`,
  });
  const { stdout, stderr } = folder.node(['own.js']);
  assert.is(JSON.parse(stdout).profiles[0].endValue, 307403, stderr);
});

test.run();
