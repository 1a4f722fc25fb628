// `memprof/register`: `node --import memprof/register app.ts`. Instruments modules as they are loaded: those
// that `MEMPROF_INSTRUMENT` names, and functions with a tag. Serves programs that no build step reaches.

import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import { buildOfEnvironment, instrumented, loaded } from './sources';

type Load = (
  url: string,
  context: { format?: string | null },
  nextLoad: (url: string, context: object) => { format?: string | null; source?: unknown },
) => { format?: string | null; source?: unknown };

interface Hooks {
  registerHooks?(hooks: { load: Load }): void;
  register(specifier: string, parent: URL): void;
}

const build = buildOfEnvironment();
const { registerHooks, register } = Module as unknown as Hooks;

if (!build.strip) {
  // Hooks in this thread come with Node 22.15, 23.11 and 24: they see sources before types are stripped, of
  // `require` too. Before them, a thread of hooks sees what `import` loads, and `require` compiles here.
  if (registerHooks) {
    registerHooks({
      load(url, context, nextLoad) {
        const result = nextLoad(url, context);
        const source = loaded(build, url, result.format, result.source);
        return source === undefined ? result : { ...result, source };
      },
    });
  } else {
    register('./loader.js', pathToFileURL(__filename));
    compileHere();
  }
  process.on('exit', () => {
    const reason = build.nothing();
    if (reason) process.stderr.write(`${reason}\n`);
  });
}

function compileHere(): void {
  const { prototype } = Module as unknown as {
    prototype: { _compile(code: string, fileName: string, ...rest: unknown[]): unknown };
  };
  const { _compile } = prototype;
  prototype._compile = function (code, fileName, ...rest) {
    return _compile.call(this, instrumented(build, code, fileName, 'script') ?? code, fileName, ...rest);
  };
}
