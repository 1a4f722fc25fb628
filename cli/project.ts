// A project as its files tell it: the chain of tsconfig files, the plugin's entry in it, the compiler and the
// hosts around it. Serves `doctor` and `instrument`. It reads and must run nothing of the project's.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as ts from 'typescript';
import { resolveTypeScript } from '../transformer/compiler';
import type { PluginOptions } from '../transformer/options';
import type { Typescript } from '../transformer/selected';

export const TRANSFORM = 'memprof/transformer';

/** One file of the chain, the nearest first. */
export interface ConfigFile {
  file: string;
  /** Its own `plugins`, where it has the key. */
  plugins?: { transform?: string; name?: string; [option: string]: unknown }[];
  /** What it extends and cannot be found. */
  missing: string[];
}

/** The compiler to read files with, of the project or our own neighbour. */
export const compilerOf = (folder: string): Typescript =>
  resolveTypeScript([folder, process.cwd(), __dirname]);

/** A tsconfig and all that it extends. */
export function chainOf(ts: Typescript, file: string, seen = new Set<string>()): ConfigFile[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const { config = {} } = ts.readConfigFile(file, ts.sys.readFile) as {
    config?: { extends?: string | string[]; compilerOptions?: { plugins?: ConfigFile['plugins'] } };
  };
  const own: ConfigFile = { file, plugins: config.compilerOptions?.plugins, missing: [] };
  // Of several, a later one wins over an earlier one.
  const parents = [config.extends ?? []].flat().reverse();
  return [
    own,
    ...parents.flatMap((name) => {
      const parent = resolveExtends(name, path.dirname(file));
      if (parent) return chainOf(ts, parent, seen);
      own.missing.push(name);
      return [];
    }),
  ];
}

function resolveExtends(name: string, folder: string): string | undefined {
  if (/^\.{0,2}[\\/]|^\.{1,2}$|^[A-Za-z]:/.test(name)) {
    const at = path.resolve(folder, name);
    return [at, `${at}.json`, path.join(at, 'tsconfig.json')].find(
      (one) => /\.json$/.test(one) && existsSync(one),
    );
  }
  const { resolve } = createRequire(path.join(folder, 'noop.js'));
  for (const one of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      const file = resolve(one);
      if (/\.json$/.test(file)) return file;
    } catch {
      // Not that one.
    }
  }
  return undefined;
}

/** The plugin's entry that a build sees: the nearest file with `plugins` decides, and alone. */
export function entryOf(chain: readonly ConfigFile[]): { file: string; options: PluginOptions } | undefined {
  const decides = chain.find(({ plugins }) => plugins !== undefined);
  const entry = decides?.plugins?.find(({ transform }) => transform === TRANSFORM);
  if (!decides || !entry) return undefined;
  const { transform: _, ...options } = entry;
  return { file: decides.file, options: options as PluginOptions };
}

/** Files and options of a project, as its compiler takes them. */
export function parsedOf(ts: Typescript, file: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config ?? {}, ts.sys, path.dirname(file), undefined, file);
}

export interface Installed {
  version: string;
  folder: string;
}

/** A package as a folder's modules see it. */
export function installed(name: string, folder: string): Installed | undefined {
  const require = createRequire(path.join(folder, 'noop.js'));
  for (const base of require.resolve.paths(name) ?? []) {
    const file = path.join(base, name, 'package.json');
    if (!existsSync(file)) continue;
    return { version: JSON.parse(readFileSync(file, 'utf8')).version, folder: path.dirname(file) };
  }
  // Where there is no node_modules (Yarn PnP), the resolver knows.
  try {
    const file = require.resolve(`${name}/package.json`);
    return { version: JSON.parse(readFileSync(file, 'utf8')).version, folder: path.dirname(file) };
  } catch {
    return undefined;
  }
}

/** Whether `ts-patch install` has patched that compiler. */
export function isPatched({ folder }: Installed): boolean {
  return ['_tsc.js', 'tsc.js'].some((name) => {
    const file = path.join(folder, 'lib', name);
    return existsSync(file) && readFileSync(file, 'utf8').slice(0, 20_000).includes('"library": "ts-patch"');
  });
}

/** The scripts of the project's package.json, and where it lies. */
export function scriptsOf(folder: string): Record<string, string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).scripts ?? {};
    if (at === path.dirname(at)) return {};
  }
}

/** The configuration files of other builders in a folder, with their text. */
export function builderConfigs(folder: string): { file: string; host: string; text: string }[] {
  return readdirSync(folder)
    .map((file) => ({
      file,
      host: /^(vite|vitest|webpack|rollup|rolldown|rspack|jest)\.config\.[cm]?[jt]s$/.exec(file)?.[1],
    }))
    .filter((one): one is { file: string; host: string } => one.host !== undefined)
    .map((one) => ({ ...one, text: readFileSync(path.join(folder, one.file), 'utf8') }));
}

/** What nest-cli.json says of its builder and plugins. */
export function nestOf(folder: string): { builder: string; hasPlugin: boolean } | undefined {
  const file = path.join(folder, 'nest-cli.json');
  if (!existsSync(file)) return undefined;
  const { compilerOptions = {} } = JSON.parse(readFileSync(file, 'utf8'));
  const { builder, webpack, plugins = [] } = compilerOptions;
  return {
    builder: typeof builder === 'string' ? builder : (builder?.type ?? (webpack ? 'webpack' : 'tsc')),
    hasPlugin: plugins.some((one: string | { name: string }) =>
      (typeof one === 'string' ? one : one.name).startsWith('memprof/nest'),
    ),
  };
}
