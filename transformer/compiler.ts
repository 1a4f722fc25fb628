// Which TypeScript the plugin works with: the one that the host hands over, else one that the project
// resolves. It must never read a tree with a copy whose node kinds have other numbers: every file would
// be skipped or misread in silence.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as ts from 'typescript';
import { MemprofError } from '../contract/errors';
import type { Typescript as TS } from './selected';

/**
 * TypeScript as the project at `folders` sees it; `@typescript/typescript6` where `typescript` is 7.
 * @throws MemprofError MEMPROF_E_TYPESCRIPT
 */
export function resolveTypeScript(folders: readonly string[]): TS {
  for (const folder of folders) {
    for (const name of ['typescript', '@typescript/typescript6']) {
      try {
        const found = createRequire(path.join(folder, 'noop.js'))(name) as TS;
        if (typeof found.createSourceFile === 'function') return found;
      } catch {
        // Not installed there; the next place may have one.
      }
    }
  }
  throw new MemprofError('MEMPROF_E_TYPESCRIPT', { value: folders.join(', ') });
}

/**
 * Whether `compiler` reads this file's tree rightly: it made it, or parses the text to nodes of the same
 * kinds. (The number of SourceFile alone proves nothing: 5.0 and 5.9 agree on it, and on little else.)
 */
export function canRead(compiler: TS, sourceFile: ts.SourceFile): boolean {
  if (madeBy(compiler, sourceFile)) return true;
  const original = ((sourceFile as { original?: ts.Node }).original ?? sourceFile) as ts.SourceFile;
  if (original.kind !== compiler.SyntaxKind.SourceFile) return false;
  const { fileName, text, languageVersion } = original;
  const again = compiler.createSourceFile(fileName, text, languageVersion);
  return kinds(again) === kinds(original);
}

function madeBy(compiler: TS, sourceFile: ts.SourceFile): boolean {
  const allocator = (compiler as { objectAllocator?: { getSourceFileConstructor?(): unknown } })
    .objectAllocator;
  return allocator?.getSourceFileConstructor?.() === sourceFile.constructor;
}

// By name, since a bound node refers to its parent and to other containers too.
const PARTS = [
  'name',
  'declarationList',
  'expression',
  'body',
  'moduleSpecifier',
  'exportClause',
  'statement',
];

/** The kinds of a file's statements and of what they are made of. */
function kinds(sourceFile: ts.SourceFile): string {
  const own = (node: ts.Node) =>
    PARTS.map((part) => (node as unknown as Record<string, ts.Node>)[part]?.kind);
  return sourceFile.statements.map((one) => [one.kind, ...own(one)].join()).join(' ');
}

/** The error for a file of another copy: names the version and place of both, as far as they are loaded. */
export function foreignTree(compiler: TS, sourceFile: ts.SourceFile): MemprofError {
  const copies = loadedCopies();
  const host = copies.find((one) => madeBy(one.compiler, sourceFile));
  const own = copies.find((one) => one.compiler === compiler);
  const name = (one?: { compiler: TS; file: string }) =>
    one ? `TypeScript ${one.compiler.version} (${one.file})` : undefined;
  const error = new MemprofError('MEMPROF_E_TYPESCRIPT', { value: process.cwd() });
  error.message =
    `memprof/transformer: the build runs on ${name(host) ?? runningVersion()}, but memprof resolved ` +
    `${name(own) ?? `TypeScript ${compiler.version}`}, whose trees have other numbers. Hand over the host's ` +
    `own copy as the third argument, plugin(program, options, { ts }), or install one version. [${error.code}]`;
  return error;
}

function loadedCopies(): { compiler: TS; file: string }[] {
  const found: { compiler: TS; file: string }[] = [];
  for (const [file, module] of Object.entries(require.cache)) {
    if (!/[\\/](typescript|_tsc|tsc)\.js$/.test(file)) continue;
    const { exports } = module as NodeModule;
    if (typeof exports?.version === 'string' && exports.SyntaxKind) found.push({ compiler: exports, file });
  }
  return found;
}

/** The compiler that was started, where it is none that a module can see (tsc is one closed script). */
function runningVersion(): string {
  const script = process.argv[1] ?? '';
  for (let folder = path.dirname(script); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
      if (/typescript/.test(name)) return `TypeScript ${version} (${folder})`;
      break;
    } catch {
      // No package.json here: go up.
    }
  }
  return 'another TypeScript';
}
