// The thread of hooks of `memprof/register`, where Node has none in the program's own thread.

import { buildOfEnvironment, loaded } from './sources';

const build = buildOfEnvironment();
let count: Int32Array | undefined;

/** Where the program's thread reads how many functions are measured here. */
export function initialize(data: Int32Array): void {
  count = data;
}

export async function load(
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => Promise<{ format?: string | null; source?: unknown }>,
): Promise<object> {
  const result = await nextLoad(url, context);
  const source = loaded(build, url, result.format, result.source);
  if (count) count[0] = build.functions;
  return source === undefined ? result : { ...result, source };
}
