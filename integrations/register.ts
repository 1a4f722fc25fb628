// `memprof/register`: `node --import memprof/register app.ts`. Instruments modules as they are loaded: those
// that `MEMPROF_INSTRUMENT` names, and functions with a tag; has the program recorded. For what no build step reaches.

import fs from 'node:fs';
import Module from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { followResolve, resolve as resolveOurs } from './own-runtime';
import { buildOfEnvironment, instrumented, loaded, TYPED } from './sources';

type Loaded = { format?: string | null; source?: unknown };
type Next = (url: string, context: object) => Loaded;
type Load = (url: string, context: { format?: string | null }, nextLoad: Next) => Loaded;

interface Hooks {
  registerHooks?(hooks: { load: Load; resolve: typeof resolveOurs }): void;
  register(specifier: string, parent: URL, options: { data: unknown }): void;
}

const build = buildOfEnvironment();
const { registerHooks, register } = Module as unknown as Hooks;

// Absolute, since children may begin in another folder; by the name, and so the copy, of instrumented code.
process.env.MEMPROF_RECORD ||= resolve('.memprof');
require('memprof/runtime');
if (!build.strip) {
  // Hooks in this thread come with Node 22.15, 23.11 and 24: they see sources before types are stripped. Before them,
  // a thread of hooks sees what `import` loads. What compilers hook into `require` themselves is followed here.
  if (registerHooks) {
    registerHooks({
      resolve: resolveOurs,
      load(url, context, nextLoad) {
        const result = nextLoad(url, context);
        const source = loaded(build, url, result.format, result.source);
        return source === undefined ? result : { ...result, source };
      },
    });
  } else {
    register('./loader.js', pathToFileURL(__filename), { data: build.counts });
    followResolve();
  }
  followRequire();
  process.on('exit', () => {
    const reason = build.nothing();
    if (reason) process.stderr.write(`${reason}\n`);
  });
}

function followRequire(): void {
  const { prototype } = Module as unknown as {
    prototype: {
      load(fileName: string): void;
      _compile(code: string, fileName: string, ...rest: unknown[]): unknown;
    };
  };
  const { load, _compile } = prototype;
  prototype._compile = function (code, fileName, ...rest) {
    return _compile.call(this, instrumented(build, code, fileName, 'script') ?? code, fileName, ...rest);
  };
  // A compiler's own hook (tsx) reads the file and drops tags: it is given instrumented source, once.
  prototype.load = function (fileName) {
    const { readFileSync: read } = fs;
    const isOurs = TYPED.test(fileName) && !build.ignores(fileName);
    const source = isOurs ? instrumented(build, read(fileName, 'utf8'), fileName) : undefined;
    if (source === undefined) return load.call(this, fileName);
    const given = ((file: fs.PathOrFileDescriptor, ...rest: []) => {
      if (file !== fileName) return read(file, ...rest);
      fs.readFileSync = read;
      return source;
    }) as typeof read;
    fs.readFileSync = given;
    try {
      return load.call(this, fileName);
    } finally {
      if (fs.readFileSync === given) fs.readFileSync = read;
    }
  };
}
