// How a source text that is only spliced reaches the runtime: an `import`, or `require`. It serves
// instrument() (emit-format.ts answers for what tsc emits); it must never make a module of a script.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as ts from 'typescript';
import type { Typescript } from './selected';

/** The format of a text: by its name, its syntax, else the `type` of the package around it. */
export function textFormat(ts: Typescript, sourceFile: ts.SourceFile): 'module' | 'script' {
  const { fileName } = sourceFile;
  if (/\.m[jt]sx?$/.test(fileName)) return 'module';
  if (ts.isExternalModule(sourceFile) || awaitsAtTop(ts, sourceFile)) return 'module';
  if (/\.c[jt]s$/.test(fileName) || !path.isAbsolute(fileName)) return 'script';
  return packageType(path.dirname(fileName));
}

function packageType(folder: string): 'module' | 'script' {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      const { type } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8')) as { type?: string };
      return type === 'module' ? 'module' : 'script';
    } catch {
      // None here, or none that Node would read either.
    }
    if (at === path.dirname(at)) return 'script';
  }
}

function awaitsAtTop(ts: Typescript, root: ts.Node): boolean {
  const visit = (node: ts.Node): true | undefined => {
    if (ts.isFunctionLike(node) || ts.isPropertyDeclaration(node)) return undefined;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    return ts.forEachChild(node, visit);
  };
  return visit(root) ?? false;
}
