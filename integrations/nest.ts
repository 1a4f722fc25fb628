// `memprof/nest`: the plugin for Nest's command line with its tsc and webpack builders, in nest-cli.json:
// `"plugins": [{ "name": "memprof/nest", "options": {} }]`. Its swc and Rspack builders call no plugin.

import type * as ts from 'typescript';

import plugin = require('../transformer/index');

/** As Nest calls it: no compiler is handed over, so the project's is taken. */
export function before(
  options: plugin.PluginOptions | undefined,
  program: ts.Program,
): ts.TransformerFactory<ts.SourceFile> {
  return plugin(program, options);
}
