// Which source a built file was made of, as its map says. Serves instrument() and whatever hands it built files. A
// bundle has several, and none of them is its own.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Origin {
  /** Absolute; absent where the map names no path (`webpack:`). */
  path?: string;
  /** The source's text, where it is known. */
  text?: string;
}

/**
 * The one source of a map; `undefined` where it has several, or none.
 * @param base the file beside which the map's paths begin: its own, or the one that it came in
 */
export function originOf(map: object, base: string): Origin | undefined {
  const {
    sources = [],
    sourceRoot = '',
    sourcesContent,
  } = map as Partial<{
    sources: (string | null)[];
    sourceRoot: string;
    sourcesContent: (string | null)[];
  }>;
  const [source, ...more] = sources;
  if (!source || more.length > 0) return undefined;
  return {
    path: fileOf(source, sourceRoot, path.dirname(base)),
    text: sourcesContent?.[0] ?? undefined,
  };
}

function fileOf(source: string, root: string, folder: string): string | undefined {
  const whole = root && !/^(\/|\w+:)/.test(source) ? `${root.replace(/\/$/, '')}/${source}` : source;
  if (whole.startsWith('file:')) return fileURLToPath(whole);
  // A drive's letter is no scheme.
  return /^\w{2,}:/.test(whole) ? undefined : path.resolve(folder, whole);
}
