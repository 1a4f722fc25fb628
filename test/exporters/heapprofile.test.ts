// The profile as V8 writes one: compared with a real one that V8 takes here, and opened by Speedscope's own page. That no byte
// is lost or counted twice, and names do nothing.

import { Session } from 'node:inspector/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { heapprofile } from '../../exporters/heapprofile';
import { type Profile, profileOf } from '../../profile/profile';
import { recordingOf, summed } from '../cli/recordings';
import { HARMFUL, HOSTILE, hostile, inAllOrders, recordings, sumsOf, threeThreads } from './profiles';
import { titleFor } from './speedscope-page';

interface Node {
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  selfSize: number;
  id: number;
  children: Node[];
}

function file(profile: Profile, options?: Parameters<typeof heapprofile>[1]): { head: Node; samples: [] } {
  return JSON.parse(heapprofile(profile, options) as string);
}

function* all(node: Node, above = ''): Generator<[stack: string, node: Node]> {
  const stack = above === '' ? node.callFrame.functionName : `${above} > ${node.callFrame.functionName}`;
  yield [stack, node];
  for (const child of node.children) yield* all(child, node.callFrame.functionName === '(root)' ? '' : stack);
}

const sizes = ({ head }: { head: Node }) =>
  Object.fromEntries([...all(head)].map(([stack, { selfSize }]) => [stack, selfSize]));
const total = ({ head }: { head: Node }) =>
  [...all(head)].reduce((sum, [, { selfSize }]) => sum + selfSize, 0);

/** The keys of a node and the types of their values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, shapeOf(one)]),
  );
}

test('the shape is that of a profile which V8 takes', async () => {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', { samplingInterval: 1024 });
  const kept = Array.from({ length: 20_000 }, (_, n) => ({ n }));
  const { profile: real } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  assert.is(kept.length, 20_000);
  const made = file(profileOf(threeThreads()));
  const keys = (one: object) => Object.keys(one).sort();
  assert.equal(keys(made), keys(real));
  const shapes = new Set(
    [...all(real.head as unknown as Node)].map(([, node]) => JSON.stringify(shapeOf(node))),
  );
  assert.is(shapes.size, 1);
  for (const [stack, node] of all(made.head)) assert.ok(shapes.has(JSON.stringify(shapeOf(node))), stack);
  assert.equal(shapeOf(made.head.callFrame), shapeOf(real.head.callFrame));
  assert.is(made.head.callFrame.functionName, real.head.callFrame.functionName);
  // Ids are no sizes, and each is one node's.
  const ids = [...all(made.head)].map(([, { id }]) => id);
  assert.is(new Set(ids).size, ids.length);
});

test('bytes on the heap by path; what was awaited is not counted again as nobody is', () => {
  const profile = profileOf(threeThreads());
  const made = file(profile);
  assert.equal(sizes(made), {
    '(root)': 0,
    'main (~)': 1000,
    'main (~) > Shop.find (~)': 2081 + 714013,
    'main (~) > Shop.find (~) > parseAll': 350000,
    'main (~) > Shop.find (~) > remember': 4096,
    'main (~) > loadImages (~)': 310 + 19000,
    'loadImages (~)': 20 + 8000,
    resize: 99999,
    parseAll: 7,
    remember: 7,
    '(unowned) (~)': 920000 - 714013 - 19000 - 8000,
  });
  assert.is(total(made), sumsOf(profile.paths).self + profile.unowned);
  const find = [...all(made.head)].find(([stack]) => stack.endsWith('Shop.find (~)'))?.[1].callFrame;
  assert.equal([find?.url, find?.lineNumber, find?.columnNumber], ['src/shop.ts', 9, 0], 'from 0 on');
});

test('only the bytes that were asked for; the exact ones have no mark, what nobody owns has its stacks', () => {
  const profile = profileOf(threeThreads());
  const self = sizes(file(profile, { bytes: ['self'] }));
  assert.equal([self['main > Shop.find'], self['main > loadImages'], self.loadImages], [2081, 310, 20]);
  assert.is(self['(unowned) (~) > onData (~) > decode (~) > push (~)'], 60000);
  assert.is(self['(unowned) (~) > grow (~)'], 1500);
  const { external } = sumsOf(profile.paths);
  const outside = file(profile, { bytes: ['external', 'external'] });
  assert.is(total(outside), external + profile.unowned);
});

test('without paths what was awaited would count again in those that called: it stays with what nobody owns', () => {
  const flat = recordingOf([
    ['sums', 1, [summed(1, 2, { awaited: 1, self: 2 }), summed(6, 1, { awaited: 1 })]],
    ['memory', 1, 9e6, 0, 9e6, 2 ** 21, 3 * 2 ** 20, 0, 0],
  ]);
  assert.equal(sizes(file(profileOf(recordings({ a: flat })))), {
    '(root)': 0,
    'Shop.find': 2 ** 21,
    main: 0,
    '(unowned) (~)': 3 * 2 ** 20,
  });
});

test("Speedscope's page opens it", () => {
  const title = titleFor('a.heapprofile', heapprofile(profileOf(threeThreads())));
  if (title === undefined) return;
  assert.is(title, 'a.heapprofile - speedscope');
  assert.is(titleFor('a.heapprofile', '{"head":{}}'), 'speedscope', 'what cannot be opened has no title');
});

test('names do nothing', () => {
  const text = heapprofile(hostile()) as string;
  assert.equal(text.match(HARMFUL), null);
  const made = JSON.parse(text);
  const nodes = [...all(made.head)].filter(([, { selfSize }]) => selfSize === 1100);
  assert.is(nodes.length, HOSTILE.length);
  assert.ok(nodes.some(([stack]) => stack.endsWith('__proto__ (~)')));
  if (titleFor('a.heapprofile', text) !== undefined)
    assert.is(titleFor('a.heapprofile', text), 'a.heapprofile - speedscope');
});

test('the same text for the recordings in any order', () => {
  assert.is(new Set([...inAllOrders(threeThreads())].map((profile) => heapprofile(profile))).size, 1);
});

test.run();
