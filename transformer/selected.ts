// What selection hands to the emitter: one function that is to be measured. It serves select.ts (which
// makes these) and visit.ts (which lays the emitted forms on them); it must never hold behaviour.

import type * as ts from 'typescript';
import type { Kind } from '../contract/abi';
import type { Code } from '../contract/errors';

/** A function to instrument. */
export interface Selected {
  /** Has a body. */
  node: ts.FunctionLikeDeclaration;
  /** What reports call it: `FlightService.getFlightHistory`. */
  label: string;
  kind: Kind;
  /** Its own spike threshold in bytes; absent: the global one. */
  spike?: number;
  /** What selected it: `a tag`, `functions "load*"`. */
  why: string;
}

/** The TypeScript copy of the host; never one of our own. */
export type Typescript = typeof import('typescript');

/** Says what was found at a node; `holes` fill the message of `code` (contract/errors). */
export type Report = (code: Code, node: ts.Node, holes: Record<string, unknown>) => void;
