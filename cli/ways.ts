// By which way memprof comes into a project's build, and where it is lost: bundlers, Nest, tsc and the entry in its
// tsconfig files, ts-patch, TypeScript 7. Serves `doctor`. It says what it found, and runs nothing of the project's.

import path from 'node:path';
import { type Findings, shown } from './findings';
import {
  builderConfigs,
  type ConfigFile,
  entryOf,
  installed,
  isPatched,
  nestOf,
  scriptsOf,
  TRANSFORM,
} from './project';

export type Way = 'plugin' | 'other' | 'none';

export class Ways {
  private readonly folder: string;

  /** @param chain the tsconfig and what it extends; absent: there is none */
  constructor(
    private readonly report: Findings,
    private readonly config: string,
    private readonly chain: readonly ConfigFile[] | undefined,
  ) {
    this.folder = path.dirname(config);
  }

  /** Who calls memprof in this project's build. */
  find(): Way {
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
    const { report, folder, config, chain } = this;
    if (!chain) {
      report.note(
        `there is no ${shown(config)}: memprof instrument, memprof/register or a bundler's adapter`,
      );
      return false;
    }
    report.ok(`${chain.map(({ file }) => shown(file)).join(' extends ')}`);
    for (const { file, missing } of chain) {
      for (const one of missing)
        report.bad(`${shown(file)} extends ${JSON.stringify(one)}, which is not found`, 'Mend the path.');
    }
    const entry = entryOf(chain);
    const holders = chain.filter(({ plugins }) => plugins?.some(({ transform }) => transform === TRANSFORM));
    const decides = chain.find(({ plugins }) => plugins !== undefined);
    if (entry)
      report.ok(`the plugin's entry stands in ${shown(entry.file)}: ${JSON.stringify(entry.options)}`);
    else if (holders.length > 0 && decides) {
      report.bad(
        `${shown(decides.file)} has a list "plugins" of its own, which drops the entry in ${shown(holders[0].file)}`,
        `A list is replaced, not joined: repeat { "transform": "${TRANSFORM}" } in ${shown(decides.file)}.`,
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
}
