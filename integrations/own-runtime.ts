// What does instrumented code import where its program has no memprof of its own, as under `npx memprof run`? This copy's
// runtime. Serves `memprof/register`. Must never come before a copy that the program has.

import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import { RUNTIME_MODULE } from '../contract/abi';

const RUNTIME = require.resolve('memprof/runtime');

interface Resolved {
  url: string;
  format?: string | null;
  shortCircuit?: boolean;
}

function ours(specifier: string, error: unknown): Resolved {
  const { code } = error as NodeJS.ErrnoException;
  if (specifier !== RUNTIME_MODULE || !/^(ERR_)?MODULE_NOT_FOUND$/.test(code ?? '')) throw error;
  return { url: pathToFileURL(RUNTIME).href, format: 'commonjs', shortCircuit: true };
}

/** A hook of the program's own thread. */
export function resolve(
  specifier: string,
  context: object,
  nextResolve: (specifier: string, context: object) => Resolved,
): Resolved {
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    return ours(specifier, error);
  }
}

/** A hook of a thread of its own. */
export async function resolveLater(
  specifier: string,
  context: object,
  nextResolve: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    return ours(specifier, error);
  }
}

/** For `require`, where hooks do not see it. */
export function followResolve(): void {
  const module = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
  const { _resolveFilename } = module;
  module._resolveFilename = function (request, ...rest) {
    if (request !== RUNTIME_MODULE) return _resolveFilename.call(this, request, ...rest);
    try {
      return _resolveFilename.call(this, request, ...rest);
    } catch (error) {
      ours(request, error);
      return RUNTIME;
    }
  };
}
