// Runs real toolchains: each folder of projects/ is a project that is installed with the versions it names,
// built and run. Serves the toolchains' test. What is installed is kept in .cache/toolchains, memprof itself is
// laid into it anew, as it would be published.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/node';

export const HERE = path.join(ROOT, 'test/toolchains');
export const CACHE = path.join(ROOT, '.cache/toolchains');

/** What a project's package.json may say of itself under "toolchain". */
export interface Settings {
  /** The least version of Node; whether every version is tried. */
  node?: string;
  everyNode?: boolean;
  /** It has a test of its own: another program, or another way to install. */
  own?: boolean;
  /** The source is JavaScript. */
  javascript?: boolean;
  /** How main.ts names shop.ts, where it is not `./shop`. */
  imports?: string;
  /** A folder of files beside common's. */
  also?: string;
  /** `start` runs tests, one of which prints what was measured: their realm has an account of its own. */
  runner?: boolean;
}

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

const own = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** What npm would publish, from the working tree. */
function packed(): string[] {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(text)[0].files.map((file: { path: string }) => file.path);
}
let files: string[] | undefined;

// This Node first, whichever one the tests run on.
const HOME = `${path.dirname(process.execPath)}:${process.env.PATH}`;

/** The environment of what is run: nothing of memprof's or of CI's comes through. */
export function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MEMPROF: _, MEMPROF_STRIP: __, NODE_OPTIONS: ___, CI: ____, ...rest } = process.env;
  return { ...rest, FORCE_COLOR: '0', MEMPROF_LOG: 'off', PATH: HOME, ...more };
}

/** Whether TOOLCHAIN, a list, leaves a project in. */
export const isWanted = (name: string): boolean => process.env.TOOLCHAIN?.split(',').includes(name) ?? true;

export const lines = (text: string): string[] => text.trim().split('\n');

export const NAMES = fs.readdirSync(path.join(HERE, 'projects')).sort();

const manifestOf = (name: string) =>
  JSON.parse(fs.readFileSync(path.join(HERE, 'projects', name, 'package.json'), 'utf8'));

export const settingsOf = (name: string): Settings => manifestOf(name).toolchain ?? {};

export class Toolchain {
  readonly folder: string;
  readonly settings: Settings;

  constructor(readonly name: string) {
    this.folder = path.join(CACHE, name);
    const manifest = manifestOf(name);
    this.settings = settingsOf(name);
    this.install(manifest);
    this.lay();
  }

  // memprof's own dependencies are the project's here, since memprof is copied and not installed.
  private install(manifest: { dependencies?: object }): void {
    const wanted = { ...manifest, dependencies: { ...own.dependencies, ...manifest.dependencies } };
    const text = `${JSON.stringify(wanted, null, 2)}\n`;
    const stamp = path.join(this.folder, '.installed');
    const hash = createHash('sha1').update(text).digest('hex');
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return;
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, 'package.json'), text);
    const ran = this.run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=error',
    ]);
    if (ran.status !== 0) throw new Error(`${this.name}: npm install failed\n${ran.stdout}${ran.stderr}`);
    fs.writeFileSync(stamp, hash);
  }

  /** The project's files as they stand here, and memprof as it stands here. */
  lay(): void {
    const kept = new Set(['node_modules', 'package.json', '.installed']);
    for (const entry of fs.readdirSync(this.folder)) {
      if (!kept.has(entry)) fs.rmSync(path.join(this.folder, entry), { recursive: true, force: true });
    }
    const { also, imports } = this.settings;
    const project = path.join(HERE, 'projects', this.name);
    for (const from of ['common', ...(also ? [also] : [])])
      fs.cpSync(path.join(HERE, from), this.folder, { recursive: true });
    if (imports) spell(path.join(this.folder, 'src/main.ts'), imports);
    const own = path.join(project, 'package.json');
    fs.cpSync(project, this.folder, { recursive: true, filter: (source) => source !== own });
    const target = path.join(this.folder, 'node_modules/memprof');
    fs.rmSync(target, { recursive: true, force: true });
    files ??= packed();
    for (const file of files) {
      fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
      fs.copyFileSync(path.join(ROOT, file), path.join(target, file));
    }
    const bin = path.join(this.folder, 'node_modules/.bin/memprof');
    fs.rmSync(bin, { force: true });
    fs.symlinkSync('../memprof/dist/cli/main.js', bin);
    // As npm does where it installs a command.
    fs.chmodSync(bin, 0o755);
  }

  /** A script of its package.json. */
  script(name: string, env: NodeJS.ProcessEnv = {}): Ran {
    // Not by npm, whose own process would read NODE_OPTIONS as well.
    const { scripts } = JSON.parse(fs.readFileSync(path.join(this.folder, 'package.json'), 'utf8'));
    const bin = path.join(this.folder, 'node_modules/.bin');
    return this.run('sh', ['-c', scripts[name]], { PATH: `${bin}:${HOME}`, ...env });
  }

  run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Ran {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: environment(env),
    });
    return { status, stdout, stderr };
  }

  /** Removes what was built. */
  clean(): void {
    fs.rmSync(path.join(this.folder, 'dist'), { recursive: true, force: true });
  }

  /** The built files, by name. */
  output(): Record<string, string> {
    const out = path.join(this.folder, 'dist');
    if (!fs.existsSync(out)) return {};
    const found = fs
      .readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[cm]?js$/.test(file));
    return Object.fromEntries(found.map((file) => [file, fs.readFileSync(path.join(out, file), 'utf8')]));
  }
}

/** Has a main.ts name the other file in its own way. */
export function spell(main: string, imports: string): void {
  fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace("'./shop'", `'${imports}'`));
}

/** Where a text stands in a source of ours, from 1. */
export function placeOf(text: string, file = 'common/src/shop.ts'): { line: number; column: number } {
  const source = fs.readFileSync(path.join(HERE, file), 'utf8');
  const before = source.slice(0, source.indexOf(text)).split('\n');
  return { line: before.length, column: before[before.length - 1].length + 1 };
}

const thrown = placeOf('new Error(reason)');
/** What the shared program prints, and what is measured of it. */
export const PRINTED = [
  'total 6 Berlin',
  `Error: no stock at failing (src/shop.ts:${thrown.line}:${thrown.column})`,
];
export const MEASURED = [
  `measured Shop.constructor src/shop.ts:${placeOf('constructor').line} x1`,
  `measured Shop.load src/shop.ts:${placeOf('async load').line} x1`,
  `measured Shop.total src/shop.ts:${placeOf('total(').line} x1`,
  `measured failing src/shop.ts:${placeOf('failing =').line} x1`,
];

export const REPORT = { NODE_OPTIONS: '--require ./report.cjs' };
