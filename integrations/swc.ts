// `memprof/swc`: @swc/core's `transform` and `transformSync`, and a transformer for Jest in the place of
// @swc/jest, each with the transformer's options under the key `memprof`. swc hands its own tree to plugins,
// so the source is instrumented before swc reads it, and its map is handed on.

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Build, type BuildOptions } from './build';

/** @swc/core's options, and ours. */
export interface Options {
  filename?: string;
  memprof?: BuildOptions;
  [option: string]: unknown;
}

interface Output {
  code: string;
  map?: string;
}
interface Core {
  transform(code: string, options: object): Promise<Output>;
  transformSync(code: string, options: object): Output;
}
interface JestTransformer {
  process(code: string, fileName: string, jest: object): Output;
  processAsync(code: string, fileName: string, jest: object): Promise<Output>;
  getCacheKey(code: string, fileName: string, jest: object): string;
}

// From the user's project, since swc is none of our dependencies.
const load = <T>(name: string): T => createRequire(path.join(process.cwd(), 'noop.js'))(name) as T;

// A build reads and checks its options once.
const builds = new Map<string, Build>();

function buildOf(options: BuildOptions | undefined): Build {
  const key = JSON.stringify([options, process.env.MEMPROF_STRIP]);
  const build = builds.get(key) ?? new Build(options);
  builds.set(key, build);
  return build;
}

/** The source as swc is to read it, and swc's own options. */
function prepared(code: string, { memprof, ...swc }: Options): [string, object] {
  const fileName = path.resolve(swc.filename ?? 'input.js');
  const build = buildOf(memprof);
  const made = build.concerns(fileName, code)
    ? build.apply(code, fileName, { sourceMap: swc.sourceMaps !== false })
    : undefined;
  if (!made) return [code, swc];
  return [made.code, made.map ? { ...swc, inputSourceMap: JSON.stringify(made.map) } : swc];
}

/** @throws MemprofError MEMPROF_E_OPTION and its kin, and whatever swc throws */
export function transformSync(code: string, options: Options = {}): Output {
  return load<Core>('@swc/core').transformSync(...prepared(code, options));
}

/** @throws as `transformSync`, by its promise */
export async function transform(code: string, options: Options = {}): Promise<Output> {
  return load<Core>('@swc/core').transform(...prepared(code, options));
}

/** For Jest: `transform: { '\\.ts$': ['memprof/swc', { memprof: {}, ...swcOptions }] }`. */
export function createTransformer(options: Options = {}): JestTransformer {
  const swcJest = load<{ createTransformer(options: object): JestTransformer }>('@swc/jest');
  const base = (code: string, filename: string): [JestTransformer, string] => {
    const [text, swc] = prepared(code, { ...options, filename });
    return [swcJest.createTransformer(swc), text];
  };
  const mark = JSON.stringify([options.memprof, process.env.MEMPROF_STRIP]);
  return {
    process(code, fileName, jest) {
      const [swc, text] = base(code, fileName);
      return swc.process(text, fileName, jest);
    },
    processAsync(code, fileName, jest) {
      const [swc, text] = base(code, fileName);
      return swc.processAsync(text, fileName, jest);
    },
    getCacheKey(code, fileName, jest) {
      const { memprof: _, ...swc } = options;
      const key = swcJest.createTransformer(swc).getCacheKey(code, fileName, jest);
      return createHash('sha1').update(key).update(mark).digest('hex');
    },
  };
}
