// Whose is what is alive? Takes V8's profile of it apart by function: the innermost instrumented one on each stack, or, where there
// is none, the innermost frame that is not Node's. Serves the window. What memprof itself allocates must be nobody's here.

import { baseOf, calledOf, type Frame, isOwn, isUsers, shown } from '../profile';
import type { Answer, NumberedNode } from '../session';
import { type Site, tables } from '../sites';

/** A function that allocated; `file` and `line` are the source's where it is instrumented, else those of the file that runs. */
export interface Maker {
  key: string;
  name: string;
  file: string;
  line: number;
  /** In the file that runs, from 0; -1 where the place is the source's. */
  column: number;
  site: Site | undefined;
}

/** What one function made that is alive: bytes as V8 scales them up from `count` samples. */
export interface Alive {
  maker: Maker;
  bytes: number;
  count: number;
  /** Of `bytes`: made before a moment that was asked for. */
  older: number;
  /** Of its stacks the one with the most bytes: who called it of the instrumented ones, and in which function it was made, if another. */
  caller: string | undefined;
  within: string | undefined;
}

interface Held {
  maker: Maker | undefined;
  caller: string | undefined;
  within: string | undefined;
  own: boolean;
}

/** By key of the maker; `until`: samples up to that place in the order of all are the older ones. */
export function aliveIn(
  { head, samples }: NonNullable<Answer['profile']>,
  until: number,
): Map<string, Alive> {
  const find = finder();
  const held = new Map<number, Held>();
  const walk = (node: NumberedNode, above: Held) => {
    const one = below(above, node.callFrame, find);
    held.set(node.id, one);
    for (const child of node.children) walk(child, one);
  };
  walk(head, { maker: undefined, caller: undefined, within: undefined, own: false });
  const byStack = new Map<Held, number>();
  const found = new Map<string, Alive>();
  for (const { nodeId, size, ordinal } of samples) {
    const from = held.get(nodeId);
    if (from?.maker === undefined || from.own) continue;
    let one = found.get(from.maker.key);
    if (one === undefined) {
      one = { maker: from.maker, bytes: 0, count: 0, older: 0, caller: undefined, within: undefined };
      found.set(from.maker.key, one);
    }
    one.bytes += size;
    one.count++;
    if (ordinal <= until) one.older += size;
    byStack.set(from, (byStack.get(from) ?? 0) + size);
  }
  const most = new Map<string, number>();
  for (const [{ maker, caller, within }, bytes] of byStack) {
    const key = (maker as Maker).key;
    if (bytes <= (most.get(key) ?? 0)) continue;
    most.set(key, bytes);
    Object.assign(found.get(key) as Alive, { caller, within });
  }
  return found;
}

function below(above: Held, frame: Frame, find: (frame: Frame) => Site | undefined): Held {
  if (isOwn(frame.url)) return { ...above, own: true };
  if (!isUsers(frame)) return above;
  const site = find(frame);
  if (site !== undefined) {
    const caller =
      above.maker?.site === undefined || above.maker.site === site ? above.caller : above.maker.name;
    return { maker: makerOf(site), caller, within: undefined, own: false };
  }
  const { name, file, line } = shown(frame);
  if (above.maker?.site !== undefined) return { ...above, within: name, own: false };
  const key = `${frame.functionName}\0${frame.url}\0${frame.lineNumber}`;
  return {
    maker: { key, name, file, line, column: frame.columnNumber, site: undefined },
    caller: undefined,
    within: undefined,
    own: false,
  };
}

export function makerOf(site: Site): Maker {
  const { name, line, table } = site;
  return { key: `${table.path}\0${line}\0${name}`, name, file: table.path, line, column: -1, site };
}

// As ../profile.ts knows what is owned: V8 names the file that runs and a method without its class, tables name the source. Of two
// of one name the nearer, since lines move less than functions are apart.
function finder(): (frame: Frame) => Site | undefined {
  const byFile = new Map<string, Map<string, Site[]>>();
  const inAny = new Map<string, Site[]>();
  const add = (to: Map<string, Site[]>, name: string, site: Site) => {
    const same = to.get(name);
    if (same) same.push(site);
    else to.set(name, [site]);
  };
  for (const { path, first, sites } of tables) {
    if (first < 0) continue;
    const base = baseOf(path);
    let names = byFile.get(base);
    if (names === undefined) byFile.set(base, (names = new Map()));
    for (const site of sites) {
      const called = calledOf(site.name);
      add(names, called === '' ? `:${site.line}` : called, site);
      if (called !== '') add(inAny, called, site);
    }
  }
  return ({ functionName, url, lineNumber }) => {
    const names = byFile.get(baseOf(url));
    const called = functionName.slice(functionName.lastIndexOf('.') + 1);
    const same =
      names !== undefined
        ? names.get(called === '' ? `:${lineNumber + 1}` : called)
        : /[\\/]node_modules[\\/]/.test(url)
          ? undefined
          : inAny.get(called);
    return same?.reduce((near, one) =>
      Math.abs(one.line - lineNumber - 1) < Math.abs(near.line - lineNumber - 1) ? one : near,
    );
  };
}
