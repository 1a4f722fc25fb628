// `memprof doctor`: is this project measured, and if not, where is it lost? Reads the project's files and names
// what it found, line by line. It changes nothing and runs nothing of the project's.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type * as ts from 'typescript';
import { filePath } from '../transformer/files';
import { readOptions } from '../transformer/options';
import { selectFunctions } from '../transformer/select';
import type { Selected, Typescript } from '../transformer/selected';
import { builtFiles, instrumentedAmong } from './built';
import { Findings, shown } from './findings';
import { type ConfigFile, chainOf, compilerOf, entryOf, installed, parsedOf } from './project';
import { UsageError } from './usage';
import { type Way, Ways } from './ways';

export const usage = `usage: memprof doctor [DIR] [-p tsconfig.json] [--all]
       memprof doctor --stripped PATH...

Reads a project and says which compiler runs, whether the plugin is reached, which functions are selected and
why, and whether the built files are instrumented. DIR: where the built files are, if not the tsconfig's outDir.

  -p, --project FILE   default: tsconfig.json
  --all                lists every selected function, not the first 20
  --stripped           the release gate: is no file of these instrumented?

Exit status: 0 all is well, 1 something is off (each a line that begins with OFF), 2 bad usage.`;

const SHOWN = 20;

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
  const report = new Findings();
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
  private readonly report = new Findings();
  private readonly folder: string;
  private readonly ts: Typescript;
  /** What the tsconfig says, where there is one. */
  private readonly project?: { chain: ConfigFile[]; parsed: ts.ParsedCommandLine };

  constructor(
    private readonly config: string,
    private readonly out: string | undefined,
    private readonly all: boolean,
  ) {
    this.folder = path.dirname(config);
    this.ts = compilerOf(this.folder);
    if (!existsSync(config)) return;
    this.project = { chain: chainOf(this.ts, config), parsed: parsedOf(this.ts, config) };
  }

  examine(): number {
    const { report, folder } = this;
    const memprof = installed('memprof', folder);
    report.ok(`Node ${process.version}, memprof ${memprof?.version ?? '(not installed here)'}`);
    if (!memprof) report.bad('memprof is not installed in this project', 'npm install --save memprof');
    const way = new Ways(report, this.config, this.project?.chain).find();
    const selected = this.selected();
    this.output(selected, way);
    return report.end();
  }

  /** The functions that the tags and options select, with their reasons. */
  private selected(): number {
    const { report, ts, project } = this;
    if (!project) return 0;
    const entry = entryOf(project.chain);
    const selection = readOptions(entry?.options);
    selection.root = this.folder;
    if (selection.strip) {
      report.ok('a strip build is asked for: nothing is selected');
      return 0;
    }
    const { fileNames } = project.parsed;
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
  private output(selected: number, way: Way): void {
    const { report } = this;
    const out = this.out ?? this.project?.parsed.options.outDir;
    if (!out || !existsSync(out)) {
      if (this.out) throw new UsageError(`there is no folder ${JSON.stringify(this.out)}`);
      report.note(
        out
          ? `${shown(out)} is not there: nothing is built yet`
          : 'no outDir: name the folder of the built files',
      );
      return;
    }
    const files = builtFiles([out]);
    const found = instrumentedAmong(files);
    const what = `${shown(out)}: ${found.length} of ${files.length} files are instrumented`;
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
