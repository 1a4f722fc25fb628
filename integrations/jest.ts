// `memprof/jest`: a transformer for ts-jest, under `astTransformers.before` of its options.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type * as ts from 'typescript';

import plugin = require('../transformer/index');

import { stripAsked } from '../transformer/options';

/** The part of ts-jest's compiler that is used. */
interface Compiler {
  configSet: { compilerModule: typeof ts };
}

export const name = 'memprof';

// Jest keeps what was transformed by this: another memprof, or a strip run, must not find it.
const { version: own } = JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8')) as {
  version: string;
};
export const version = `${own}${stripAsked() ? '-strip' : ''}`;

/** As ts-jest calls it. Its program grows file by file, so it is not handed on. */
export function factory(
  compiler: Compiler,
  options?: plugin.PluginOptions,
): ts.TransformerFactory<ts.SourceFile> {
  return plugin(undefined, options, { ts: compiler.configSet.compilerModule });
}
