// Whether a heap snapshot can be afforded: yes only where all figures say so, and a reason in figures where they do not.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DISK_FACTOR,
  DISK_MARGIN,
  type Figures,
  MARGIN,
  MEMORY_FACTOR,
  refusal,
} from '../../runtime/snapshots/afford';
import { figures, machine } from '../../runtime/snapshots/room';

const MACHINE = "of the machine's memory";
const GROUP = "under the cgroup's limit";
const of = (used: number, free: number, disk = 1e15, group?: number): Figures => ({
  used,
  memory: [{ free, where: MACHINE }, ...(group === undefined ? [] : [{ free: group, where: GROUP }])],
  disk,
});

test('by table', () => {
  const cases: [Figures, RegExp | undefined][] = [
    [of(10e6, 290e6), undefined],
    [
      of(10e6, 289.9e6),
      /^10\.0 MB in use would need up to 290\.0 MB, 289\.9 MB are free of the machine's memory$/,
    ],
    [of(100e6, 1e12, 1e12, 900e6), /would need up to 2\.5 GB, 900\.0 MB are free under the cgroup's limit$/],
    [of(100e6, 1e9, 1e12, 1e12), /1\.0 GB are free of the machine's memory$/],
    [of(100e6, 1e12, 410e6), undefined],
    [of(100e6, 1e12, 409e6), /a file of 410\.0 MB, 409\.0 MB are free on the folder's disk$/],
    [of(0, 0), /0 B are free/],
    [of(Number.NaN, 1e12), /cannot be told/],
    [of(1e6, Number.NaN), /cannot be told/],
    [of(1e6, 1e12, 1e12, Number.NaN), /cannot be told/],
    [of(1e6, 1e12, Number.NaN), /disk cannot be told/],
    [of(-1, 1e12), /cannot be told/],
    [{ used: 1e6, memory: [], disk: 1e12 }, /cannot be told/],
  ];
  for (const [given, expected] of cases) {
    const reason = refusal(given);
    if (expected === undefined) assert.is(reason, undefined, JSON.stringify(given));
    else assert.match(reason ?? 'affordable', expected, JSON.stringify(given));
  }
});

const bytes = fc.oneof(
  fc.double({ min: 0, max: 1e12, noNaN: true }),
  fc.constantFrom(0, Number.NaN, -1, Number.POSITIVE_INFINITY),
);
const some = fc.record({
  used: bytes.filter((used) => used !== Number.POSITIVE_INFINITY),
  memory: fc.array(fc.record({ free: bytes, where: fc.constantFrom(MACHINE, GROUP) }), { maxLength: 4 }),
  disk: bytes,
});

test('yes only where each figure is known and large enough; less in use, or more room, is never worse', () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const fits =
        given.memory.length > 0 &&
        given.memory.every(({ free }) => free >= MEMORY_FACTOR * given.used + MARGIN) &&
        given.disk >= DISK_FACTOR * given.used + DISK_MARGIN;
      // Comparisons with NaN say no; with -1 in use nothing is known.
      assert.is(refusal(given) === undefined, fits && given.used >= 0);
      if (refusal(given) !== undefined) return;
      assert.is(refusal({ ...given, used: given.used * share }), undefined);
      assert.is(refusal({ ...given, disk: given.disk + 1 }), undefined);
    }),
    { numRuns: 2000 },
  );
});

test('figures of this machine: V8’s, the kernel’s, the disk’s', () => {
  const { used, memory, disk } = figures('/');
  assert.ok(used > 1e6 && used < 1e9 && disk > 0, `${used} ${disk}`);
  assert.ok(memory.length > 0 && memory.every(({ free }) => free >= 0));
  assert.ok(Number.isNaN(figures('/nowhere/at all').disk));
  assert.equal(
    machine(() => 'MemTotal: 9 kB\nMemAvailable:   1024 kB\n'),
    { free: 2 ** 20, where: MACHINE },
  );
  for (const text of ['', 'MemAvailable: much']) assert.ok(machine(() => text).free > 0);
  assert.ok(
    machine(() => {
      throw new Error('no /proc');
    }).free > 0,
  );
});

test.run();
