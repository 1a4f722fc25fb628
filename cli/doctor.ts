// `memprof doctor`: is this project measured, and if not, where is it lost? Reads the project's files and names
// what it found, line by line. It changes nothing and runs nothing of the project's.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { filePath } from '../transformer/files';
import { readOptions } from '../transformer/options';
import { selectFunctions } from '../transformer/select';
import type { Selected, Typescript } from '../transformer/selected';
import { builtFiles, instrumentedAmong } from './built';
import {
  builderConfigs,
  chainOf,
  compilerOf,
  entryOf,
  installed,
  isPatched,
  nestOf,
  parsedOf,
  scriptsOf,
  TRANSFORM,
} from './project';
import { UsageError } from './usage';

export const usage = `usage: memprof doctor [DIR] [-p tsconfig.json] [--all]
       memprof doctor --stripped PATH...

Reads a project and says which compiler runs, whether the plugin is reached, which functions are selected and
why, and whether the built files are instrumented. DIR: where the built files are, if not the tsconfig's outDir.

  -p, --project FILE   default: tsconfig.json
  --all                lists every selected function, not the first 20
  --stripped           the release gate: is no file of these instrumented?

Exit status: 0 all is well, 1 something is off (each a line that begins with OFF), 2 bad usage.`;

const SHOWN = 20;

/** Prints findings, and counts those that are off. */
class Report {
  off = 0;
  ok(text: string): void {
    console.log(`ok   ${text}`);
  }
  note(text: string): void {
    console.log(`     ${text}`);
  }
  bad(text: string, next: string): void {
    this.off++;
    console.log(`OFF  ${text}\n     ${next}`);
  }
  end(): number {
    console.log(this.off === 0 ? 'memprof: all is well' : `memprof: ${this.off} off`);
    return this.off === 0 ? 0 : 1;
  }
}

export function run(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      project: { type: 'string', short: 'p' },
      all: { type: 'boolean' },
      stripped: { type: 'boolean' },
    },
  });
  if (values.stripped) return stripped(positionals);
  if (positionals.length > 1) throw new UsageError('name one folder of built files at most');
  return new Doctor(
    path.resolve(values.project ?? 'tsconfig.json'),
    positionals[0],
    values.all ?? false,
  ).examine();
}

/** The release gate. An empty place must not pass it. */
function stripped(places: string[]): number {
  if (places.length === 0)
    throw new UsageError('--stripped needs the folder that is released, as `--stripped dist`');
  const report = new Report();
  const files = builtFiles(places);
  if (files.length === 0) {
    report.bad(
      `${places.join(', ')} holds no file of JavaScript`,
      'Build first, and name the folder that is released.',
    );
    return report.end();
  }
  const found = instrumentedAmong(files);
  for (const file of found) report.bad(`${file} is instrumented`, 'Build it anew with MEMPROF_STRIP=1.');
  if (found.length === 0) report.ok(`${files.length} files, none is instrumented`);
  return report.end();
}

class Doctor {
  private readonly report = new Report();
  private readonly folder: string;
  private readonly ts: Typescript;

  constructor(
    private readonly config: string,
    private readonly out: string | undefined,
    private readonly all: boolean,
  ) {
    this.folder = path.dirname(config);
    this.ts = compilerOf(this.folder);
  }

  examine(): number {
    const { report, folder } = this;
    const memprof = installed('memprof', folder);
    report.ok(`Node ${process.version}, memprof ${memprof?.version ?? '(not installed here)'}`);
    if (!memprof) report.bad('memprof is not installed in this project', 'npm install --save memprof');
    const way = this.way();
    const selected = this.selected();
    this.output(selected, way);
    return report.end();
  }

  /** Who calls memprof in this project's build. */
  private way(): 'plugin' | 'other' | 'none' {
    const adapters = this.adapters();
    const compiler = this.compiler();
    if (adapters) return 'other';
    return compiler ? 'plugin' : 'none';
  }

  /** Bundlers and test runners beside tsc: true where one of them names memprof. */
  private adapters(): boolean {
    const { report, folder } = this;
    let reached = false;
    for (const { file, host, text } of builderConfigs(folder)) {
      if (/memprof\//.test(text)) {
        reached = true;
        report.ok(`${file} names ${/memprof\/[\w-]+/.exec(text)?.[0]}`);
      } else
        report.note(
          `${file} does not name memprof/${host === 'vitest' ? 'vite' : host}: what it builds is not measured`,
        );
    }
    const nest = nestOf(folder);
    if (!nest) return reached;
    if (nest.builder === 'tsc' || nest.builder === 'webpack') {
      if (nest.hasPlugin) report.ok(`nest-cli.json: the ${nest.builder} builder calls memprof/nest`);
      else
        report.bad(
          'nest-cli.json names no memprof/nest',
          'Add "plugins": [{ "name": "memprof/nest", "options": {} }] to its compilerOptions.',
        );
    } else if (!this.hasPostBuild()) {
      report.bad(
        `nest-cli.json: the ${nest.builder} builder calls no plugin, and says nothing`,
        'Run `memprof instrument dist` after `nest build`, or use the tsc or webpack builder.',
      );
    } else
      report.ok(
        `nest-cli.json: the ${nest.builder} builder calls no plugin; a script runs memprof instrument`,
      );
    return true;
  }

  /** Whether a script of the project rewrites the built files. */
  private hasPostBuild(): boolean {
    return Object.values(scriptsOf(this.folder)).some((script) => /\bmemprof instrument\b/.test(script));
  }

  /** tsc and the plugin's entry: true where a build reaches it. */
  private compiler(): boolean {
    const { report, folder, config, ts } = this;
    if (!existsSync(config)) {
      report.note(`there is no ${name(config)}: memprof instrument, memprof/register or a bundler's adapter`);
      return false;
    }
    const chain = chainOf(ts, config);
    report.ok(`${chain.map(({ file }) => name(file)).join(' extends ')}`);
    for (const { file, missing } of chain) {
      for (const one of missing)
        report.bad(`${name(file)} extends ${JSON.stringify(one)}, which is not found`, 'Mend the path.');
    }
    const entry = entryOf(chain);
    const holders = chain.filter(({ plugins }) => plugins?.some(({ transform }) => transform === TRANSFORM));
    const decides = chain.find(({ plugins }) => plugins !== undefined);
    if (entry)
      report.ok(`the plugin's entry stands in ${name(entry.file)}: ${JSON.stringify(entry.options)}`);
    else if (holders.length > 0 && decides) {
      report.bad(
        `${name(decides.file)} has a list "plugins" of its own, which drops the entry in ${name(holders[0].file)}`,
        `A list is replaced, not joined: repeat { "transform": "${TRANSFORM}" } in ${name(decides.file)}.`,
      );
    }
    const typescript = installed('typescript', folder);
    if (!typescript) {
      report.note('no typescript is installed here');
      return false;
    }
    const major = Number.parseInt(typescript.version, 10);
    if (major >= 7) return this.native(typescript.version, entry !== undefined);
    if (!entry) return this.without();
    const patch = installed('ts-patch', folder);
    const ttypescript = installed('ttypescript', folder);
    if (!patch && !ttypescript) {
      report.bad(
        `TypeScript ${typescript.version}: tsc alone ignores "plugins", and says nothing`,
        `npm install --save-dev ts-patch@${major >= 6 ? 4 : 3}, and build with tspc.`,
      );
      return false;
    }
    if (patch && Number.parseInt(patch.version, 10) < (major >= 6 ? 4 : 3)) {
      report.bad(
        `ts-patch ${patch.version} does not know TypeScript ${typescript.version}`,
        'npm install --save-dev ts-patch@4',
      );
      return false;
    }
    const host = patch ? `ts-patch ${patch.version}` : `ttypescript ${ttypescript?.version}`;
    report.ok(`TypeScript ${typescript.version} with ${host}`);
    return this.callers(typescript);
  }

  /** Which script compiles, and whether that one calls the plugin. */
  private callers(typescript: { version: string; folder: string }): boolean {
    const { report } = this;
    const patched = isPatched(typescript);
    if (patched) report.ok('the compiler is patched: tsc calls the plugin');
    let reached = true;
    for (const [script, text] of Object.entries(scriptsOf(this.folder))) {
      if (/\b(tspc|ttsc)\b/.test(text))
        report.ok(`script "${script}" builds with ${/\b(tspc|ttsc)\b/.exec(text)?.[0]}`);
      else if (/(^|[\s;&|])tsc\b(?!.*--noEmit)/.test(text) && !patched) {
        reached = false;
        report.bad(
          `script "${script}" builds with tsc, which is not patched and ignores "plugins"`,
          'Call tspc in its place, or run `ts-patch install` in "prepare".',
        );
      }
    }
    return reached;
  }

  private without(): boolean {
    const { report } = this;
    if (!this.hasPostBuild()) report.note(`no tsconfig of the chain names ${TRANSFORM}`);
    return false;
  }

  /** TypeScript 7 takes no transformer. */
  private native(version: string, entry: boolean): boolean {
    const { report, folder } = this;
    if (entry && !this.hasPostBuild()) {
      report.bad(
        `TypeScript ${version} ignores "plugins", and says nothing`,
        'Run `memprof instrument dist` after the build: it takes its options from this entry.',
      );
    } else report.ok(`TypeScript ${version}: a script runs memprof instrument after it`);
    const six = installed('@typescript/typescript6', folder);
    if (six) report.ok(`@typescript/typescript6 ${six.version} reads the built files`);
    else
      report.bad(
        'memprof has no compiler to read files with: TypeScript 7 has no API',
        'npm install --save-dev @typescript/typescript6',
      );
    return false;
  }

  /** The functions that the tags and options select, with their reasons. */
  private selected(): number {
    const { report, ts, config } = this;
    if (!existsSync(config)) return 0;
    const entry = entryOf(chainOf(ts, config));
    const selection = readOptions(entry?.options);
    selection.root = this.folder;
    if (selection.strip) {
      report.ok('a strip build is asked for: nothing is selected');
      return 0;
    }
    const { fileNames } = parsedOf(ts, config);
    let count = 0;
    for (const file of fileNames) {
      const text = readFileSync(file, 'utf8');
      const sourceFile = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      for (const one of selectFunctions(ts, sourceFile, selection, () => {})) {
        if (count++ < SHOWN || this.all) report.note(`${one.label}  ${this.place(one, file)}  by ${one.why}`);
      }
    }
    if (count > SHOWN && !this.all) report.note(`and ${count - SHOWN} more (--all)`);
    const what = `${count} functions are selected in ${fileNames.length} files`;
    if (count > 0) report.ok(what);
    else
      report.bad(
        what,
        'Put a /** @memprof */ tag on a function, or name some in the entry: "functions": ["load*"].',
      );
    return count;
  }

  private place({ node }: Selected, file: string): string {
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition((node.name ?? node).getStart());
    return `${filePath(file, this.folder)}:${line + 1}`;
  }

  /** What the last build left. */
  private output(selected: number, way: 'plugin' | 'other' | 'none'): void {
    const { report, ts, config } = this;
    const out = this.out ?? (existsSync(config) ? parsedOf(ts, config).options.outDir : undefined);
    if (!out || !existsSync(out)) {
      if (this.out) throw new UsageError(`there is no folder ${JSON.stringify(this.out)}`);
      report.note(
        out
          ? `${name(out)} is not there: nothing is built yet`
          : 'no outDir: name the folder of the built files',
      );
      return;
    }
    const files = builtFiles([out]);
    const found = instrumentedAmong(files);
    const what = `${name(out)}: ${found.length} of ${files.length} files are instrumented`;
    if (found.length > 0 || selected === 0) report.ok(what);
    else
      report.bad(
        what,
        way === 'plugin'
          ? 'Build anew, from nothing (tsc -b --force): an incremental build does not notice a plugin.'
          : 'No step of the build calls memprof: see above.',
      );
  }
}

const name = (file: string): string => path.relative(process.cwd(), file) || '.';
