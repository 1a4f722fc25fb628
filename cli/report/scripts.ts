// The report's page has one script: which files are in it? The page's own modules as tsc made them, and the libraries that
// they name, each wrapped as CommonJS has it, so that no bundler is needed. Serves `memprof report`. The libraries' licenses
// go with them.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Module {
  id: string;
  /** By what it names. */
  needs: Record<string, string>;
  text: string;
}

/** The text of a classic script that runs `entry` and what it needs. @throws where a library is not installed */
export function scriptOf(entry: string): string {
  const modules = new Map<string, Module>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (modules.has(file)) continue;
    const module = moduleOf(file, `m${modules.size}`);
    modules.set(file, module);
    open.push(...Object.values(module.needs));
  }
  const parts = [...modules.values()].map(({ id, needs, text }) => {
    const ids = Object.fromEntries(
      Object.entries(needs).map(([name, file]) => [name, modules.get(file)?.id]),
    );
    return `${JSON.stringify(id)}: [${JSON.stringify(ids)}, function (module, exports, require, document) {\n${text}\n}]`;
  });
  const styling = [...modules].find(([file]) => path.basename(rootOf(file)) === 'd3-flame-graph')?.[1];
  return `(() => {
const modules = {\n${parts.join(',\n')}\n};
const loaded = {};
// A library that puts a style of its own into the page is given a document that takes none: the page's policy allows its own alone.
const unstyled = { createElement: () => ({}), head: { appendChild() {} } };
const unstyledId = ${JSON.stringify(styling?.id ?? '')};
function load(id) {
  if (loaded[id]) return loaded[id].exports;
  const module = (loaded[id] = { exports: {} });
  const [needs, run] = modules[id];
  run(module, module.exports, (name) => load(needs[name]), id === unstyledId ? unstyled : document);
  return module.exports;
}
load('m0');
})();`;
}

function moduleOf(file: string, id: string): Module {
  const source = fs.readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
  const needs: Record<string, string> = {};
  for (const [, name] of source.matchAll(/\brequire\("([^"]+)"\)/g))
    needs[name] = name.startsWith('.')
      ? path.resolve(path.dirname(file), `${name}.js`)
      : libraryOf(name, file);
  return { id, needs, text: file.includes('node_modules') ? `${licenseOf(file)}${global(source)}` : source };
}

// Gives a script that declares a name for all to see as a module gives it.
function global(source: string): string {
  const [, name] = /^(?:\/\*.*?\*\/\s*)?var (\w+)=function\(\)/s.exec(source) ?? [];
  return name === undefined ? source : `${source}\nmodule.exports = ${name};`;
}

/** A library's file for browsers that stands alone: the smallest that needs no module system. */
function libraryOf(name: string, from: string): string {
  const root = rootOf(createRequire(from).resolve(name));
  const files: Record<string, string> = {
    uplot: 'dist/uPlot.iife.min.js',
    'd3-flame-graph': 'dist/d3-flamegraph.umd.min.js',
  };
  return path.join(root, files[name] ?? `dist/${name}.min.js`);
}

function rootOf(file: string): string {
  let folder = path.dirname(file);
  while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

function licenseOf(file: string): string {
  const root = rootOf(file);
  const { name, version, license } = JSON.parse(
    fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const terms = fs.readFileSync(path.join(root, 'LICENSE'), 'utf8').replaceAll('*/', '* /');
  return `/*! ${name} ${version}, ${license}\n${terms.trim()}\n*/\n`;
}
