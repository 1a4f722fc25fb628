// Who called whom, as frames of a flame graph: flat, the caller before those that it called, and the smallest as one. Serves
// the report's page. Must hold with paths of any depth and number: nothing here calls itself.

import type { PathProfile, Profile } from '../../profile/profile';
import type { FrameData } from './data';
import { figure, type Places } from './places';

const FRAMES = 4000;

interface Node {
  path: Omit<PathProfile, 'children'>;
  above: number;
  cost: number;
}

/** Where no recording has paths, each function stands alone. */
export function framesOf(
  { paths, functions }: Pick<Profile, 'paths' | 'functions'>,
  places: Places,
): FrameData[] {
  const nodes: Node[] = [];
  const roots: PathProfile[] =
    paths.length > 0 ? paths : functions.map((one) => ({ ...one, function: one, children: [] }));
  const open = roots.map((path) => ({ path, above: -1 })).reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, above } = next;
    const at =
      nodes.push({ path, above, cost: figure(path.self) + figure(path.awaited) + figure(path.external) }) - 1;
    for (const child of path.children.toReversed()) open.push({ path: child, above: at });
  }
  for (let n = nodes.length - 1; n >= 0; n--)
    if (nodes[n].above >= 0) nodes[nodes[n].above].cost += nodes[n].cost;
  return framed(nodes, places);
}

function framed(nodes: Node[], places: Places): FrameData[] {
  // A caller costs no less than whom it called, and stands before: so it is kept where they are.
  const kept = new Set(
    nodes
      .map((_, n) => n)
      .sort((a, b) => nodes[b].cost - nodes[a].cost || a - b)
      .slice(0, FRAMES),
  );
  const frames: FrameData[] = [];
  const framesAt = new Map<number, number>();
  const small = new Map<number, FrameData>();
  const keeper = new Map<number, number>();
  nodes.forEach(({ path, above }, n) => {
    const sums = [figure(path.self), figure(path.awaited), figure(path.external)] as const;
    if (kept.has(n)) {
      const under = framesAt.get(above) ?? -1;
      framesAt.set(n, frames.length);
      frames.push([
        under,
        places.of(path.function),
        Math.round(figure(path.calls)),
        ...sums,
        path.function.sampled ? 1 : 0,
      ]);
      return;
    }
    // What hangs below a small one is small, too.
    const at = keeper.get(above) ?? above;
    keeper.set(n, at);
    let rest = small.get(at);
    if (rest === undefined) {
      small.set(at, (rest = [framesAt.get(at) ?? -1, -1, 0, 0, 0, 0, 0]));
      frames.push(rest);
    }
    rest[2]++;
    rest[3] += sums[0];
    rest[4] += sums[1];
    rest[5] += sums[2];
    if (path.function.sampled) rest[6] = 1;
  });
  return frames;
}
