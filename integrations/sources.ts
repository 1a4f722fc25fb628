// What `memprof/register` does to one module on its way into Node: the text that the loader was about to run
// or to strip of its types comes in, the instrumented one goes out. Serves both kinds of hooks. It must never
// fail a program for a file that it cannot read: that one is left alone.

import { fileURLToPath } from 'node:url';
import { Build } from './build';
import { mapOf, sourceOf, withInlineMap } from './maps';

/** Files that something strips or compiles after us. */
export const TYPED = /\.[cm]?tsx?$/;

/** A list in the environment: `src/**,!src/**\/*.spec.ts`; what begins with `!` is left out. */
function globsOf(text: string): { include: string[]; exclude: string[] } {
  const all = text
    // Not where it parts what braces hold.
    .split(/\n|,(?![^{}\n]*\})/)
    .map((one) => one.trim())
    .filter(Boolean);
  const exclude = all.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  return { include: all.filter((one) => !one.startsWith('!')), exclude };
}

/** The build that `MEMPROF_INSTRUMENT` asks for; without it, tags alone select. */
export function buildOfEnvironment(counts?: Int32Array<SharedArrayBuffer>): Build {
  const { include, exclude } = globsOf(process.env.MEMPROF_INSTRUMENT ?? '');
  return new Build({ include, exclude }, counts);
}

/** The text to load in the place of `source`; `undefined`: as it is. */
export function loaded(
  build: Build,
  url: string,
  format: string | null | undefined,
  source: unknown,
): string | undefined {
  if (!url.startsWith('file:') || source === null || source === undefined) return undefined;
  const fileName = fileURLToPath(url.replace(/[?#].*$/, ''));
  const code = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
  const [, kind] = /^(module|commonjs)/.exec(format ?? '') ?? [];
  const known = kind === 'module' ? 'module' : kind ? 'script' : undefined;
  return instrumented(build, code, fileName, known);
}

// Hooks and what follows `require` see a file one right after the other: it is looked at once.
const untouched = { fileName: '', code: '' };

/** As `loaded`, of a file. */
export function instrumented(
  build: Build,
  code: string,
  fileName: string,
  format?: 'module' | 'script',
): string | undefined {
  if (build.ignores(fileName)) return undefined;
  if (fileName === untouched.fileName && code === untouched.code) return undefined;
  const input = mapOf(code, fileName);
  const origin = input && sourceOf(input, fileName);
  if (!build.concerns(fileName, code, origin)) {
    Object.assign(untouched, { fileName, code });
    return undefined;
  }
  // No line moves. Of a source that is stripped or compiled after us, a map would be one too many; else it says
  // where columns went, to whoever asked for maps.
  const mapped = !TYPED.test(fileName) && (input !== undefined || process.sourceMapsEnabled === true);
  const made = build.apply(code, fileName, {
    format,
    inputSourceMap: input?.map,
    source: origin,
    sourceMap: mapped,
  });
  if (!made) return undefined;
  return mapped && made.map ? withInlineMap(made.code, made.map) : made.code;
}
