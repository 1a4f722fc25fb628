// Which names emitted code introduces into a file: ones that its text does not hold. It serves both
// printers and must never answer a name that the user's code, or an eval in it, could mean.

import type * as ts from 'typescript';
import type { Typescript } from './selected';

/** The base of each emitted name; `m` and `d` are numbered where a function needs several. */
export interface Names {
  mp: string;
  s: string;
  r: string;
  file: string;
  sites: string;
  m: string;
  d: string;
}

const BASES: (keyof Names)[] = ['mp', 's', 'r', 'file', 'sites', 'm', 'd'];

/** Names for `sourceFile`: `$mp`, or `$mp1`, ... where the text holds that one. */
export function uniqueNames(ts: Typescript, sourceFile: ts.SourceFile): Names {
  const taken = new Set(sourceFile.text.match(/\$\w+/g));
  // Identifiers can be written with escapes, and another transformer may have made some.
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text.startsWith('$')) taken.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  const names = {} as Names;
  for (const base of BASES) {
    let name = `$${base}`;
    for (let n = 1; clashes(name, taken); n++) name = `$${base}${n}_`;
    names[base] = name;
  }
  return names;
}

// A numbered use (`$m2`) must be free too.
function clashes(name: string, taken: Set<string>): boolean {
  for (const other of taken) {
    if (other.startsWith(name) && /^\d*$/.test(other.slice(name.length))) return true;
  }
  return false;
}
