// Projects of a few files, made for one test, and the command line run in them.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../support/node';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

const made: string[] = [];
process.on('exit', () => {
  for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
});

export class Folder {
  readonly path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'memprof-cli-')));

  /** @param packages what the project sees as installed: a name of this tree's modules, or a package.json */
  constructor(files: Record<string, string | object>, packages: Record<string, string | object> = {}) {
    this.write(files);
    fs.mkdirSync(path.join(this.path, 'node_modules'), { recursive: true });
    fs.symlinkSync(ROOT, path.join(this.path, 'node_modules/memprof'), 'dir');
    for (const [name, from] of Object.entries(packages)) {
      const target = path.join(this.path, 'node_modules', name);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      if (typeof from === 'string') fs.symlinkSync(path.join(ROOT, 'node_modules', from), target, 'dir');
      else this.write({ [`node_modules/${name}/package.json`]: from });
    }
    made.push(this.path);
  }

  write(files: Record<string, string | object>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.path, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
    }
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.path, name), 'utf8');
  }

  node(args: string[], env: NodeJS.ProcessEnv = {}): Ran {
    const { MEMPROF: _, MEMPROF_STRIP: __, NODE_OPTIONS: ___, ...rest } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.path,
      encoding: 'utf8',
      env: { ...rest, FORCE_COLOR: '0', MEMPROF_LOG: 'off', ...env },
    });
    return { status, stdout, stderr };
  }

  memprof(args: string[], env?: NodeJS.ProcessEnv): Ran {
    return this.node([path.join(ROOT, 'dist/cli/main.js'), ...args], env);
  }

  tsc(args: string[] = []): Ran {
    return this.node([path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...args]);
  }
}
