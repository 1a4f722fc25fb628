// The bundlers' plugin, one for all of them. Serves the adapters beside it, each of which names its host.

import type * as Unplugin from 'unplugin' with { 'resolution-mode': 'import' };
import { Build, type BuildOptions, SOURCES } from './build';

// unplugin is an ES module: `require` gives it on every Node that is supported.
const { createUnplugin } = require('unplugin') as typeof Unplugin;

// Hosts that take every file for an ES module, and know no `require` in one that has neither.
const MODULES_ONLY = new Set(['vite', 'rollup']);
const COMMONJS = /\b(require\s*\(|module\.exports\b|exports\.\w|import\s+\w+\s*=)/;

const factory: Unplugin.UnpluginFactory<BuildOptions | undefined> = (options, { framework, watchMode }) => {
  const build = new Build(options);
  if (build.strip) return { name: 'memprof' };
  return {
    name: 'memprof',
    // Before types and comments are gone, and before another plugin moves a line.
    enforce: 'pre',
    transform: {
      filter: { id: SOURCES },
      handler(code, id) {
        const fileName = id.replace(/\?.*$/, '');
        if (!build.concerns(fileName, code)) return undefined;
        const bare = MODULES_ONLY.has(framework) && !COMMONJS.test(code);
        const result = build.apply(code, fileName, {
          format: bare ? 'module' : undefined,
          warn: (text) => this.warn(text),
        });
        return result && { code: result.code, map: result.map as never };
      },
    },
    buildEnd() {
      // Vitest, webpack and Rspack keep what was transformed from one run to the next, and may ask for no file at all.
      const reason = watchMode || build.files === 0 ? undefined : build.nothing();
      if (reason) process.stderr.write(`${reason}\n`);
    },
  };
};

export const unplugin: Unplugin.UnpluginInstance<BuildOptions | undefined> = createUnplugin(factory);
