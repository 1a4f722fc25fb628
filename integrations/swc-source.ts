// What swc is to read in the place of a source, and with which options: swc hands its own tree to plugins, so the
// source is instrumented before swc reads it, and its map is handed on. Serves the adapters of swc.

import { createRequire } from 'node:module';
import path from 'node:path';
import { Build, type BuildOptions } from './build';

/** @swc/core's options, and ours. */
export interface Options {
  filename?: string;
  memprof?: BuildOptions;
  [option: string]: unknown;
}

export interface Output {
  code: string;
  map?: string;
}
// From the user's project, since swc is none of our dependencies.
export const load = <T>(name: string): T => createRequire(path.join(process.cwd(), 'noop.js'))(name) as T;

// A build reads and checks its options once.
const builds = new Map<string, Build>();

function buildOf(options: BuildOptions | undefined): Build {
  const key = JSON.stringify([options, process.env.MEMPROF_STRIP]);
  const build = builds.get(key) ?? new Build(options);
  builds.set(key, build);
  return build;
}

/** The source as swc is to read it, and swc's own options. */
export function prepared(code: string, { memprof, ...swc }: Options): [string, object] {
  const fileName = path.resolve(swc.filename ?? 'input.js');
  const build = buildOf(memprof);
  const made = build.concerns(fileName, code)
    ? build.apply(code, fileName, { sourceMap: swc.sourceMaps !== false })
    : undefined;
  if (!made) return [code, swc];
  return [made.code, made.map ? { ...swc, inputSourceMap: JSON.stringify(made.map) } : swc];
}
