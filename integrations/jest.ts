// `memprof/jest`: a transformer for ts-jest, under `astTransformers.before` of its options.

import type * as ts from 'typescript';

import plugin = require('../transformer/index');

import { VERSION } from '../contract/version';
import { stripAsked } from '../transformer/options';

/** The part of ts-jest's compiler that is used. */
interface Compiler {
  configSet: { compilerModule: typeof ts };
}

export const name = 'memprof';

// Jest keeps what was transformed by this: another memprof, or a strip run, must not find it.
export const version = `${VERSION}${stripAsked() ? '-strip' : ''}`;

/** As ts-jest calls it. Its program grows file by file, so it is not handed on. */
export function factory(
  compiler: Compiler,
  options?: plugin.PluginOptions,
): ts.TransformerFactory<ts.SourceFile> {
  return plugin(undefined, options, { ts: compiler.configSet.compilerModule });
}
