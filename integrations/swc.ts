// `memprof/swc`: @swc/core's `transform` and `transformSync`, with the transformer's options under the key `memprof`.

import { load, type Options, type Output, prepared } from './swc-source';

interface Core {
  transform(code: string, options: object): Promise<Output>;
  transformSync(code: string, options: object): Output;
}
/** @throws MemprofError MEMPROF_E_OPTION and its kin, and whatever swc throws */
export function transformSync(code: string, options: Options = {}): Output {
  return load<Core>('@swc/core').transformSync(...prepared(code, options));
}

/** @throws as `transformSync`, by its promise */
export async function transform(code: string, options: Options = {}): Promise<Output> {
  return load<Core>('@swc/core').transform(...prepared(code, options));
}
