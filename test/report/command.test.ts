// `memprof report` without a browser: what it reads and writes, how it ends, and that what goes into the page is whole,
// harmless and small whatever a recording says.

import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PageData } from '../../cli/report/data';
import { embedded } from '../../cli/report/document';
import { framesOf } from '../../cli/report/frames';
import { gather } from '../../cli/report/gather';
import { Places } from '../../cli/report/places';
import { type PathProfile, profileOf } from '../../profile/profile';
import { readRecordings } from '../../profile/read';
import { HEADER, memory, recordingOf, summed } from '../cli/recordings';
import { Folder } from '../cli/support';
import { hostileText, NAME, sampleText, WORKER, workerText } from './sample';

const MB = 2 ** 20;

function dataOf(texts: Record<string, string>): PageData {
  return gather(profileOf(readRecordings([new Folder(texts).path])), '1.2.3');
}

test('writes where it is told, says what it wrote; the usual folder and file by default', () => {
  const folder = new Folder({ [`.memprof/${NAME}`]: sampleText(), [`.memprof/${WORKER}`]: workerText() });
  const usual = folder.memprof(['report']);
  assert.is(usual.status, 0, usual.stderr);
  assert.match(
    usual.stderr,
    /^memprof report: wrote memprof-report\.html \(\d+\.\d kB\): 1 process, 5 functions\n$/,
  );
  assert.is(usual.stdout, '');
  assert.is(folder.memprof(['report', `.memprof/${NAME}`, '-o', 'other.html']).status, 0);
  assert.ok(folder.read('other.html').length < folder.read('memprof-report.html').length);
  assert.ok(folder.read('memprof-report.html').length < 1_000_000);
});

test('no recording, a file that cannot be written, a wrong option: what happened, and the next step', () => {
  const folder = new Folder({ [`.memprof/${NAME}`]: sampleText(), 'empty/none.txt': '' });
  const none = folder.memprof(['report', 'empty']);
  assert.equal([none.status, fs.existsSync(path.join(folder.path, 'memprof-report.html'))], [1, false]);
  assert.match(none.stderr, /^memprof report: no recording in empty\. Make one by `memprof run app\.js`/);
  const unwritten = folder.memprof(['report', '-o', 'gone/report.html']);
  assert.is(unwritten.status, 1);
  assert.match(
    unwritten.stderr,
    /^memprof report: cannot write gone\/report\.html: ENOENT.*Name another file by -o\.\n$/,
  );
  const wrong = folder.memprof(['report', '--what']);
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, 'usage: memprof report');
  const help = folder.memprof(['report', '--help']);
  assert.equal(
    [help.status, help.stdout.split('\n')[0]],
    [0, 'usage: memprof report [RECORDING or FOLDER...] [-o FILE]'],
  );
});

test('a recording is not written over', () => {
  const folder = new Folder({ [`.memprof/${NAME}`]: sampleText() });
  const { status, stderr } = folder.memprof(['report', '-o', `.memprof/../.memprof/${NAME}`]);
  assert.is(status, 2);
  assert.match(stderr, /is one of the recordings: name another file by -o/);
  assert.is(folder.read(`.memprof/${NAME}`), sampleText());
});

test('the page names no address to load from, keeps the licenses, and its data ends no script', () => {
  const folder = new Folder({ [`.memprof/${NAME}`]: hostileText() });
  assert.is(folder.memprof(['report']).status, 0);
  const html = folder.read('memprof-report.html');
  assert.not.match(html, /(?:src|href)="(?!#)/);
  assert.not.match(html, /@import|url\((?!#)/);
  assert.is(html.match(/<\/script>/g)?.length, 2);
  for (const name of ['uplot', 'd3-flame-graph', 'd3-selection', 'd3-scale'])
    assert.match(
      html,
      new RegExp(`/\\*! ${name} \\d+\\.\\d+\\.\\d+, (?:MIT|ISC|Apache-2\\.0|BSD-3-Clause)\\n`),
    );
  assert.match(html, 'Permission is hereby granted');
  assert.match(html, /default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}=';/);
});

test('data as it stands in the page is JSON that reads the same, and no markup', () => {
  const data = { '<script>': ['</script>', '<!--', '\u2028\u2029', 'lone \ud800'], ['__proto__']: 1 };
  const text = embedded(data);
  assert.not.match(text, /[<\u2028\u2029\ud800]/);
  assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(data)));
});

test('whatever a recording says, the figures can be drawn and the names are safe', () => {
  // Two of the kind: their sums are beyond what a number holds.
  const data = dataOf({ [NAME]: hostileText(), [WORKER]: hostileText({ pid: 9, start: 1e300 }) });
  const numbers: number[] = [];
  const texts: string[] = [];
  JSON.stringify(data, (_, value) => {
    if (typeof value === 'number') numbers.push(value);
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  assert.ok(numbers.length > 100 && texts.length > 50);
  assert.ok(numbers.every(Number.isFinite));
  for (const [, , ...sums] of data.frames) assert.ok(Math.min(...sums) >= 0);
  for (const { self, total, awaited, external, time } of data.functions)
    assert.ok([self, total, awaited, external, time].every((one) => one >= 0 && one < 1e16));
  for (const { at, heap, external, rss } of data.tracks)
    assert.ok([...at, ...heap, ...external, ...rss].every((one) => one === null || (one >= 0 && one < 1e16)));
  for (const one of texts) assert.not.match(one, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});

test('frames: a caller stands before those that it called; where nobody knows, functions stand alone', () => {
  const lines = [
    [
      'paths',
      1,
      [
        [0, 6],
        [1, 1],
        [2, 2],
        [1, 4],
      ],
    ],
    ['sums', 1000, [summed(6, 1, {}), summed(1, 2, { self: 1 }), summed(2, 3, { self: 4, awaited: 2 })]],
  ];
  const known = dataOf({
    [NAME]: recordingOf([
      ...lines,
      [
        'by',
        1000,
        [
          [3, 3, 4 * MB, 2 * MB, 0],
          [2, 2, MB, 0, 0],
        ],
      ],
    ]),
  });
  const told = (data: PageData) =>
    data.frames.map(([above, place, calls, self, awaited]) => [
      above,
      data.places[place][0],
      calls,
      self / MB,
      awaited / MB,
    ]);
  assert.is(known.hasPaths, true);
  assert.equal(told(known), [
    [-1, 'main', 0, 0, 0],
    [0, 'Shop.find', 2, 1, 0],
    [1, 'parseAll', 3, 4, 2],
    [0, 'loadImages', 0, 0, 0],
  ]);
  const unknown = dataOf({ [NAME]: recordingOf(lines.slice(1)) });
  assert.is(unknown.hasPaths, false);
  assert.equal(told(unknown), [
    [-1, 'parseAll', 3, 4, 2],
    [-1, 'Shop.find', 2, 1, 0],
    [-1, 'main', 1, 0, 0],
  ]);
});

test('frames of a path of any depth', () => {
  const { functions } = profileOf(
    readRecordings([new Folder({ [NAME]: recordingOf([['sums', 1000, [summed(6, 1, {})]]]) }).path]),
  );
  const one = { function: functions[0], calls: 1, self: 1000, awaited: 0, external: 0 };
  let path: PathProfile = { ...one, children: [] };
  for (let n = 1; n < 100_000; n++) path = { ...one, children: [path] };
  const frames = framesOf({ paths: [path], functions }, new Places());
  // The outermost cost the most: 4000 of them are told, the others are one.
  assert.equal(
    [frames.length, frames[3999][0], frames[4000].slice(0, 4)],
    [4001, 3998, [3999, -1, 96_000, 96_000_000]],
  );
});

test('memory: in order, thinned without its peaks; collections as a share of time', () => {
  const peaks = [1111, 1717, 2222, 2929, 3330];
  const points = Array.from({ length: 4000 }, (_, n) =>
    memory(1000 * n, peaks.includes(n) ? n : 100, 1, peaks.includes(n - 50) ? 2 * n : 300),
  );
  const [track] = dataOf({
    [NAME]: recordingOf([
      ...points,
      memory(500, 50, 1, 60),
      ['gc', 0, 0, 0, 0, 0],
      ['gc', 2_000_000, 5, 2, 100_000, 9],
      ['gc', 4_000_000, 9, 2, 100_000, 9],
    ]),
  }).tracks;
  assert.ok(track.at.length > 500 && track.at.length <= 2000, `${track.at.length} points`);
  for (const peak of peaks)
    assert.ok(track.heap.includes(peak * MB) && track.rss.includes(2 * (peak + 50) * MB), `${peak}`);
  assert.ok(track.at.every((at, n) => n === 0 || at > track.at[n - 1]));
  const shares = (from: number, to: number) =>
    track.collecting.filter((_, n) => track.at[n] > from && track.at[n] < to);
  assert.equal([...new Set(shares(0, 1_990_000))], [0.05]);
  assert.equal([...new Set(shares(2_100_000, 3_900_000))], [0]);
  assert.equal(track.major, [[2_000_000, 2]]);
});

test('processes are counted as such, their threads are not', () => {
  const texts = Object.fromEntries(
    [
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 0],
      [3, 4],
    ].map(([pid, thread]) => [
      `memprof-${HEADER.start + thread}-${pid}-${thread}.jsonl`,
      recordingOf([], { pid, thread, start: HEADER.start + thread }),
    ]),
  );
  const data = dataOf(texts);
  assert.equal([data.processes, data.tracks.length], [3, 5]);
});

test.run();
