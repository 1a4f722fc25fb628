// A project with memprof as it is published: its tarball, installed by npm, pnpm or Yarn itself. Serves the tests of
// installers and of what tsc does besides one build. Each name has a folder of its own, for tests that run at once.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { ROOT } from '../support/node';
import { CACHE, environment, HERE, lines, spell } from './support';

let tarball: Buffer | undefined;
function packed(): Buffer {
  if (tarball) return tarball;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'memprof-packed-'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }));
  tarball = fs.readFileSync(path.join(folder, filename));
  fs.rmSync(folder, { recursive: true });
  return tarball;
}

type Tool = 'npm' | 'pnpm' | 'yarn';
const TOOLS = { npm: undefined, pnpm: 'pnpm@12.21.0', yarn: '@yarnpkg/cli-dist@4.18.1' };

/** A copy of common/ and a project, in a folder of its own, with memprof installed from its tarball. */
export class Installed {
  readonly folder: string;

  constructor(
    name: string,
    from: string,
    readonly tool: Tool = 'npm',
  ) {
    this.folder = path.join(CACHE, name);
    const project = path.join(HERE, 'projects', from);
    const manifest = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
    manifest.dependencies = { ...manifest.dependencies, memprof: 'file:memprof.tgz' };
    const text = JSON.stringify(manifest);
    const stamp = path.join(this.folder, '.installed');
    const hash = createHash('sha1').update(text).update(packed()).digest('hex');
    const fresh = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash;
    if (!fresh) fs.rmSync(this.folder, { recursive: true, force: true });
    for (const entry of ['src', 'packages', 'dist'])
      fs.rmSync(path.join(this.folder, entry), { recursive: true, force: true });
    fs.cpSync(path.join(HERE, 'common'), this.folder, { recursive: true });
    fs.cpSync(project, this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, 'package.json'), text);
    fs.writeFileSync(path.join(this.folder, 'memprof.tgz'), packed());
    if (from === 'workspaces') this.spread();
    if (fresh) return;
    const installer = TOOLS[tool];
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    if (installer) this.must('npm', ['install', ...quiet, '--prefix', 'tool', installer]);
    if (tool === 'npm') this.must('npm', ['install', ...quiet, '--no-package-lock']);
    if (tool === 'pnpm') this.must(this.manager, ['install', '--no-frozen-lockfile']);
    if (tool === 'yarn') {
      // An empty lock file says that this is a project of its own; outside CI it may be filled.
      fs.writeFileSync(path.join(this.folder, 'yarn.lock'), '');
      this.must(this.manager, ['install']);
    }
    fs.writeFileSync(stamp, hash);
  }

  private get manager(): string {
    return this.tool === 'npm' ? 'npm' : path.join(this.folder, 'tool/node_modules/.bin', this.tool);
  }

  // The shared source, one file to each package.
  private spread(): void {
    fs.mkdirSync(path.join(this.folder, 'packages/shop/src'));
    fs.renameSync(path.join(this.folder, 'src/shop.ts'), path.join(this.folder, 'packages/shop/src/shop.ts'));
    fs.mkdirSync(path.join(this.folder, 'packages/app/src'));
    fs.renameSync(path.join(this.folder, 'src/main.ts'), path.join(this.folder, 'packages/app/src/main.ts'));
    spell(path.join(this.folder, 'packages/app/src/main.ts'), '@acme/shop');
    fs.rmSync(path.join(this.folder, 'src'), { recursive: true });
  }

  run(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    const more = this.tool === 'yarn' ? yarnSettings() : {};
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: environment({ ...more, ...env }),
    });
    return { status, stdout, stderr, text: `${stdout}${stderr}` };
  }

  must(command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
    const { status, text } = this.run(command, args, env);
    assert.is(status, 0, `${command} ${args.join(' ')}\n${text}`);
    return text;
  }

  build(env: NodeJS.ProcessEnv = {}): string {
    return this.must(this.manager, ['run', 'build'], env);
  }

  start(main: string, env: NodeJS.ProcessEnv = {}): string[] {
    const pnp = this.tool === 'yarn' ? '--require ./.pnp.cjs ' : '';
    const ran = this.run(process.execPath, ['--enable-source-maps', main], {
      ...env,
      NODE_OPTIONS: `${pnp}--require ./report.cjs`,
    });
    assert.is(ran.status, 0, ran.text);
    return lines(ran.stdout);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), 'utf8');
  }

  write(name: string, content: string | object): void {
    fs.mkdirSync(path.dirname(this.file(name)), { recursive: true });
    fs.writeFileSync(this.file(name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

// Yarn reads no .npmrc: it is told of the registry that npm uses.
function yarnSettings(): NodeJS.ProcessEnv {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return {
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
    YARN_ENABLE_TELEMETRY: '0',
  };
}
