// The thread of hooks of `memprof/register`, where Node has none in the program's own thread.

import { buildOfEnvironment, loaded } from './sources';

let build = buildOfEnvironment();

/** Counts are those of the program's thread. */
export function initialize(counts: Int32Array<SharedArrayBuffer>): void {
  build = buildOfEnvironment(counts);
}

export { resolveLater as resolve } from './own-runtime';

export async function load(
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => Promise<{ format?: string | null; source?: unknown }>,
): Promise<object> {
  const result = await nextLoad(url, context);
  const source = loaded(build, url, result.format, result.source);
  return source === undefined ? result : { ...result, source };
}
