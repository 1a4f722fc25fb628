// Runs tspc in copies of test/projects: one TypeScript, the ts-patch that takes it, memprof built from
// this tree.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');

/** Which ts-patch takes which TypeScript. */
export const HOSTS = [
  { name: 'TypeScript 5.0', typescript: 'typescript-5.0', patch: 'ts-patch' },
  { name: 'TypeScript 5.9', typescript: 'typescript', patch: 'ts-patch' },
  { name: 'TypeScript 6.0', typescript: 'typescript-6.0', patch: 'ts-patch-4' },
] as const;

export type Host = (typeof HOSTS)[number];

export interface Ran {
  status: number | null;
  /** stdout and stderr. */
  text: string;
}

/** A temporary place; `close()` removes all of it. */
export class Place {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'memprof-projects-')));
  private count = 0;

  constructor() {
    this.install();
  }

  /** memprof as a package, compiled file by file: a type error elsewhere in the tree does not matter here. */
  private install(): void {
    const target = path.join(this.folder, 'memprof');
    for (const room of ['contract', 'runtime', 'transformer']) {
      for (const entry of fs.readdirSync(path.join(ROOT, room), { recursive: true }) as string[]) {
        if (!/\.ts$/.test(entry)) continue;
        const { outputText } = ts.transpileModule(fs.readFileSync(path.join(ROOT, room, entry), 'utf8'), {
          compilerOptions: {
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.CommonJS,
            esModuleInterop: true,
          },
        });
        const file = path.join(target, 'dist', room, entry.replace(/\.ts$/, '.js'));
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, outputText);
      }
    }
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(target, 'package.json'));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(target, 'node_modules'), 'dir');
    for (const { typescript } of HOSTS) {
      // ts-patch keeps the patched compiler beside the package: one folder for each.
      const home = path.join(this.folder, 'compilers', typescript);
      fs.mkdirSync(home, { recursive: true });
      fs.symlinkSync(path.join(ROOT, 'node_modules', typescript), path.join(home, 'typescript'), 'dir');
    }
  }

  /** A copy of test/projects/NAME for one host. `plugin` replaces the options of the plugin's entry. */
  project(name: string, host: Host, change: { plugin?: object | null; options?: object } = {}): Project {
    const folder = path.join(this.folder, `${name}-${this.count++}`);
    fs.cpSync(path.join(ROOT, 'test/projects', name), folder, { recursive: true });
    const modules = path.join(folder, 'node_modules');
    fs.mkdirSync(modules);
    const link = (to: string, as: string) => fs.symlinkSync(to, path.join(modules, as), 'dir');
    link(this.compiler(host), 'typescript');
    link(path.join(ROOT, 'node_modules', host.patch), 'ts-patch');
    link(path.join(this.folder, 'memprof'), 'memprof');
    const file = path.join(folder, 'tsconfig.json');
    const config = JSON.parse(fs.readFileSync(file, 'utf8'));
    const { plugin, options } = change;
    if (plugin === null) delete config.compilerOptions.plugins;
    else if (plugin) config.compilerOptions.plugins = [{ transform: 'memprof/transformer', ...plugin }];
    Object.assign(config.compilerOptions, options);
    // 6.0 deprecates what 5.0 needs.
    const deprecated = config.compilerOptions.ignoreDeprecations;
    if (deprecated)
      config.compilerOptions.ignoreDeprecations = host.typescript === 'typescript-6.0' ? '6.0' : '5.0';
    fs.writeFileSync(file, JSON.stringify(config));
    return new Project(folder, this.compiler(host), host);
  }

  private compiler(host: Host): string {
    return path.join(this.folder, 'compilers', host.typescript, 'typescript');
  }

  close(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Project {
  constructor(
    readonly folder: string,
    private readonly compiler: string,
    readonly host: Host,
  ) {}

  /** tspc, as the command line calls it. */
  tspc(args: string[] = ['-p', '.'], env: NodeJS.ProcessEnv = {}): Ran {
    const script = path.join(this.folder, 'node_modules/ts-patch/bin/tspc.js');
    return this.node([script, ...args], { TSP_COMPILER_TS_PATH: this.compiler, ...env });
  }

  /** `tspc --watch`; `until` gives what was printed since the last one, up to a text. */
  watch(): { until(text: string): Promise<string>; stop(): void } {
    const script = path.join(this.folder, 'node_modules/ts-patch/bin/tspc.js');
    const child = spawn(process.execPath, [script, '-p', '.', '--watch'], {
      cwd: this.folder,
      env: environment({ TSP_COMPILER_TS_PATH: this.compiler }),
    });
    let printed = '';
    let check = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        check();
      });
    }
    const until = (text: string) =>
      new Promise<string>((resolve, reject) => {
        child.once('exit', () => reject(new Error(`the watch ended: ${printed}`)));
        check = () => {
          const at = printed.indexOf(text);
          if (at < 0) return;
          const part = printed.slice(0, at + text.length);
          printed = printed.slice(part.length);
          check = () => {};
          resolve(part);
        };
        check();
      });
    return { until, stop: () => child.kill() };
  }

  write(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, name), text);
  }

  /** Plain tsc of the same TypeScript. */
  tsc(): Ran {
    return this.node([path.join(this.compiler, 'lib/tsc.js'), '-p', '.']);
  }

  node(args: string[], env: NodeJS.ProcessEnv = {}): Ran {
    const ran = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: environment(env),
    });
    return { status: ran.status, text: `${ran.stdout}${ran.stderr}` };
  }

  /** Output files, path from `out` to text. */
  output(): Record<string, string> {
    const folder = path.join(this.folder, 'out');
    if (!fs.existsSync(folder)) return {};
    const names = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((one) =>
      fs.statSync(path.join(folder, one)).isFile(),
    );
    return Object.fromEntries(
      names.sort().map((one) => [one, fs.readFileSync(path.join(folder, one), 'utf8')]),
    );
  }
}

/** This process's environment without its own switches of memprof. */
function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(MEMPROF|ENABLE_MEMORY_PROFILING)/.test(name),
  );
  return { ...Object.fromEntries(clean), MEMPROF_LOG: 'off', MEMPROF_RECORD: 'off', ...more };
}
