// `memprof instrument`: built files of JavaScript are rewritten where they stand, with the maps beside them. For
// compilers that take no transformer (TypeScript 7, Nest's swc builder) and for plain JavaScript.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Build, type BuildOptions } from '../integrations/build';
import { mapOf, sourceOf, withInlineMap } from '../integrations/maps';
import { builtFiles } from './built';
import { chainOf, compilerOf, entryOf } from './project';
import { UsageError } from './usage';

export const usage = `usage: memprof instrument PATH... [options]

Rewrites the selected functions in files of JavaScript (folders: every .js, .mjs, .cjs in them, node_modules left
out), and the source maps beside them. A file that is instrumented already stays as it is.

  --functions LIST     patterns of labels, as 'FlightService.*,load*', or all
  --include LIST       globs of files or of their sources, as 'src/**/*.service.ts'
  --exclude LIST       globs that are left out again
  --decorators LIST    names of decorators
  -p, --project FILE   the tsconfig whose plugin entry gives the options that are not named here
                       (default: tsconfig.json, where it has one)
  --root DIR           where globs and labels begin (default: the working directory)
  --dry-run            say what would be rewritten

Tags (/** @memprof */) count always. MEMPROF_STRIP=1 does nothing, and says so.
Exit status: 0 done, 2 bad usage.`;

export function run(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      functions: { type: 'string' },
      include: { type: 'string' },
      exclude: { type: 'string' },
      decorators: { type: 'string' },
      project: { type: 'string', short: 'p' },
      root: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
  });
  if (positionals.length === 0)
    throw new UsageError('name the files or folders to rewrite, as `memprof instrument dist`');
  const root = path.resolve(values.root ?? '.');
  const list = (text?: string) => text?.split(',').map((one) => one.trim());
  const asked: BuildOptions = {
    functions: values.functions === 'all' ? 'all' : list(values.functions),
    include: list(values.include),
    exclude: list(values.exclude),
    decorators: list(values.decorators),
  };
  const named = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const build = new Build({ ...ofProject(values.project, root), ...named, root });
  if (build.strip) {
    console.log('memprof: MEMPROF_STRIP or "strip" is set, nothing is rewritten');
    return 0;
  }

  const files = builtFiles(positionals);
  let written = 0;
  for (const file of files) {
    const fileName = path.resolve(file);
    const code = readFileSync(fileName, 'utf8');
    const input = mapOf(code, fileName);
    const origin = input && sourceOf(input, fileName);
    if (!build.concerns(fileName, code, origin)) continue;
    const made = build.apply(code, fileName, {
      source: origin,
      inputSourceMap: input?.map,
      sourceMap: input !== undefined,
    });
    if (!made) continue;
    written++;
    for (const { name, line } of made.functions)
      console.log(`  ${name}  ${file}  line ${line} of the source`);
    if (values['dry-run']) continue;
    // The map first: a reader of the old text with the new map finds its lines all the same.
    if (input?.file && made.map)
      replace(input.file, JSON.stringify({ ...made.map, file: path.basename(fileName) }));
    replace(fileName, made.map && !input?.file ? withInlineMap(made.code, made.map) : made.code);
  }
  const what = values['dry-run'] ? 'would be instrumented' : 'instrumented';
  const before = build.before > 0 ? `, ${build.before} were before` : '';
  console.log(
    `memprof: ${build.functions} functions in ${written} of ${files.length} files ${what}${before}`,
  );
  const reason = build.nothing();
  if (reason) console.error(reason);
  return 0;
}

/** The options in the project's tsconfig, where there is one. */
function ofProject(project: string | undefined, root: string): BuildOptions {
  const file = path.resolve(root, project ?? 'tsconfig.json');
  const ts = compilerOf(root);
  if (!ts.sys.fileExists(file)) {
    if (project) throw new UsageError(`there is no ${JSON.stringify(project)}`);
    return {};
  }
  return entryOf(chainOf(ts, file))?.options ?? {};
}

// Whole or not at all: a build that is broken off leaves no half a file.
function replace(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
