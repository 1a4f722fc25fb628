// Who made what is nobody's, by a profile of V8's? Adds it up by function, and leaves out what is owned. Serves stacks.ts.
// Must never change the profile, nor tell an instrumented function's bytes as its caller's where frames tell them apart.

import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tables } from './sites';

/** A node of V8's profile. */
export interface Node {
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  /** Bytes allocated with this frame innermost, as V8 scales them up from its samples. */
  selfSize: number;
  children: Node[];
}
export type Frame = Node['callFrame'];

// Frames that are told of a stack.
const FRAMES = 5;

/** What one function made. */
export interface Made {
  name: string;
  file: string;
  line: number;
  /** From 0. */
  column: number;
  bytes: number;
  /** Of its stacks the costliest, and what that made. */
  stack: string[];
  most: number;
  /** It calls an instrumented function: where the compiler inlines that one, V8 shows its bytes as the caller's. */
  calls: boolean;
}

/** Adds to `found` what is nobody's under a profile's root, by function: bytes, also those of no function of the user's. */
export function madeIn(head: Node, found: Map<string, Made>): number {
  return walk(head, [], newMatch(), found);
}

// Bytes under `node` that are nobody's; `frames` are the user's own above it, outermost first.
function walk(node: Node, frames: Frame[], match: Match, found: Map<string, Made>): number {
  const { callFrame, selfSize, children } = node;
  // What memprof allocates is its own, and what is below an instrumented function is that function's.
  if (match.isOwned(callFrame)) {
    if (frames.length > 0) entryOf(found, frames[frames.length - 1]).calls = true;
    return 0;
  }
  const path = isUsers(callFrame) ? [...frames, callFrame] : frames;
  let sum = selfSize;
  if (selfSize > 0 && path.length > 0) add(found, path, selfSize);
  for (const child of children) sum += walk(child, path, match, found);
  return sum;
}

export function isUsers({ url }: Frame): boolean {
  // What is built into V8 has no file.
  return url !== '' && !url.startsWith('node:');
}

function entryOf(found: Map<string, Made>, frame: Frame): Made {
  const key = `${frame.functionName}\0${frame.url}\0${frame.lineNumber}`;
  let one = found.get(key);
  if (one === undefined) {
    one = { ...shown(frame), column: frame.columnNumber, bytes: 0, stack: [], most: 0, calls: false };
    found.set(key, one);
  }
  return one;
}

function add(found: Map<string, Made>, path: Frame[], bytes: number): void {
  const one = entryOf(found, path[path.length - 1]);
  one.bytes += bytes;
  if (bytes <= one.most) return;
  one.most = bytes;
  one.stack = path
    .slice(-FRAMES)
    .reverse()
    .map(shown)
    .map(({ name, file, line }) => `${name} ${file}:${line}`);
}

export function shown({ functionName, url, lineNumber }: Frame): {
  name: string;
  file: string;
  line: number;
} {
  const path = pathOf(url);
  const here = `${process.cwd()}${sep}`;
  return {
    name: functionName || '(anonymous)',
    file: path.startsWith(here) ? path.slice(here.length) : path,
    line: lineNumber + 1,
  };
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

const own = `${__dirname}${sep}`;
const ownUrl = pathToFileURL(own).href;

/** Whether a file is one of memprof's own. */
export function isOwn(url: string): boolean {
  return url.startsWith(own) || url.startsWith(ownUrl);
}

interface Match {
  /** Whether a frame is memprof's own or an instrumented function's. */
  isOwned(frame: Frame): boolean;
}

// Tables name the source, and a function by its label (`FlightService.getFlightHistory`); frames name the built file,
// and a function as V8 does (`getFlightHistory`). So both are known by the file's name without its folder and
// extension, and the label's last part; in a bundle, whose name no source has, by the latter alone.
function newMatch(): Match {
  const byFile = new Map<string, Set<string>>();
  const inAny = new Set<string>();
  for (const { path, sites } of tables) {
    const base = baseOf(path);
    let names = byFile.get(base);
    if (names === undefined) byFile.set(base, (names = new Set()));
    for (const { name, line } of sites) {
      const called = calledOf(name);
      names.add(called === '' ? `:${line}` : called);
      if (called !== '') inAny.add(called);
    }
  }
  return {
    isOwned({ functionName, url, lineNumber }) {
      if (url === '' || url.startsWith('node:')) return false;
      // A function that is tracked is called by memprof's wrapper, and what is called below memprof is its work.
      if (isOwn(url)) return true;
      const names = byFile.get(baseOf(url));
      const called = functionName.slice(functionName.lastIndexOf('.') + 1);
      // Nameless functions are known by their line, where the build has kept it.
      if (names !== undefined) return names.has(called === '' ? `:${lineNumber + 1}` : called);
      return !/[\\/]node_modules[\\/]/.test(url) && inAny.has(called);
    },
  };
}

export function baseOf(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  // A loader's mark (`?t=1`) is no part of the name.
  return file.replace(/\?.*$/, '').replace(/\.\w+$/, '');
}

// A constructor goes by the name of its class; a nameless function and a computed key have none that is known.
export function calledOf(label: string): string {
  const parts = label.split('.');
  const last = parts[parts.length - 1];
  if (last === 'constructor' && parts.length > 1) return parts[parts.length - 2];
  return last.endsWith(')') || last.endsWith(']') ? '' : last;
}
