// V8's inspector of this thread, asked for V8's one sampling profile of the heap. Serves whoever in this thread samples (stacks.ts,
// leaks/, snapshots/). Must never fail aloud: there are Nodes without an inspector, and such that do not permit it.

import type { Session } from 'node:inspector';
import type { Node } from './profile';

/** A sample that V8 keeps: bytes that it stands for, and its place in the order of all, later ones above. */
export interface Sample {
  size: number;
  nodeId: number;
  ordinal: number;
}
/** A node by the number that samples name it by. */
export interface NumberedNode extends Node {
  id: number;
  children: NumberedNode[];
}
export interface Answer {
  profile?: { head: NumberedNode; samples: Sample[] };
}

let session: Session | undefined;

/** Connects, once; false where a debugger is attached: it may come with a profile of its own, and V8 takes one at a time. */
export function connected(): boolean {
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector.url() !== undefined) return false;
  if (session === undefined) {
    session = new inspector.Session();
    session.connect();
  }
  return true;
}

// The session is of this thread: it answers before `post` returns. It stays connected, idle: parting from it makes V8
// forget the numbers of objects, by which the user's heap snapshots are compared.
/** `undefined` where it cannot be. */
export function post(method: string, params: object = {}): Answer | undefined {
  let answer: Answer | undefined;
  session?.post(method, params, (error: Error | null, result?: object) => {
    if (!error) answer = result ?? {};
  });
  return answer;
}
