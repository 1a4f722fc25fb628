// A server of a framework, plain or instrumented, and the load on it. Serves bench/service.ts: installs what it
// needs into .cache/service, and must never run two loads at a time.

import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { instrument } from 'memprof/transformer';

export type Side = 'plain' | 'instrumented';

/** What one load has shown. */
export interface Load {
  perSecond: number;
  /** The server's processor time: ms a request, and its share of the load's time. */
  cpu: number;
  busy: number;
  /** What memprof says it took, of the load's time. */
  own: number;
}

const CONNECTIONS = 50;
const FLAGS = ['--max-old-space-size=512'];
const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, '.cache', 'service');
const DEPENDENCIES = { express: '^5.0.0', fastify: '^5.0.0', autocannon: '^8.0.0 || ^9.0.0' };

const requireInstalled = createRequire(join(FOLDER, 'package.json'));

/**
 * Brings the frameworks and autocannon, unless they are there, and lays memprof beside them.
 * @throws Error with npm's output
 */
export function install(): void {
  mkdirSync(join(FOLDER, 'node_modules'), { recursive: true });
  const file = join(FOLDER, 'package.json');
  const manifest = JSON.stringify({ private: true, dependencies: DEPENDENCIES });
  const missing = Object.keys(DEPENDENCIES).some((name) => !existsSync(join(FOLDER, 'node_modules', name)));
  if (missing || !existsSync(file) || readFileSync(file, 'utf8') !== manifest) {
    writeFileSync(file, manifest);
    console.error('npm install into .cache/service');
    const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
    const { status, stdout, stderr } = spawnSync('npm', args, {
      cwd: FOLDER,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`npm install: ${stdout}${stderr}`);
  }
  const memprof = join(FOLDER, 'node_modules', 'memprof');
  if (!existsSync(memprof)) symlinkSync(ROOT, memprof, 'junction');
}

/** The installed version of a package. */
export const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(FOLDER, 'node_modules', name, 'package.json'), 'utf8')).version;

/** The service's files as they are, or instrumented, where they find the frameworks: the path of the first one. */
function build(framework: string, side: Side): string {
  const folder = join(FOLDER, side);
  mkdirSync(folder, { recursive: true });
  for (const name of [`${framework}.js`, 'orders.js']) {
    const fileName = join(__dirname, name);
    const text = readFileSync(fileName, 'utf8');
    const { code } =
      side === 'instrumented' ? instrument(text, { fileName, functions: ['*'] }) : { code: text };
    writeFileSync(join(folder, name), code);
  }
  return join(folder, `${framework}.js`);
}

interface Told {
  cpu: number;
  calls: number;
  own: number;
}

export class Server {
  private requests = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly side: Side,
  ) {}

  static async start(framework: string, side: Side): Promise<Server> {
    const child = fork(join(__dirname, 'host.js'), [build(framework, side), side], {
      execArgv: FLAGS,
      env: { ...process.env, NODE_ENV: 'production', MEMPROF_LOG: 'off' },
    });
    const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`server ended with ${code}`)));
    died.catch(() => {});
    const [{ port }] = await Promise.race([once(child, 'message'), died]);
    return new Server(child, port, side);
  }

  private async ask(): Promise<Told> {
    const answer = once(this.child, 'message');
    this.child.send('tell');
    return (await answer)[0];
  }

  /** @throws Error where a request failed, or the account has not seen them all. */
  async load(seconds: number): Promise<Load> {
    const autocannon = requireInstalled('autocannon');
    const before = await this.ask();
    const url = `http://127.0.0.1:${this.port}/customers/42/orders?least=100`;
    const began = performance.now();
    const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds });
    const elapsed = performance.now() - began;
    const after = await this.ask();
    const good: number = result['2xx'];
    if (good === 0 || result.non2xx > 0 || result.errors > 0) {
      throw new Error(`of ${this.side}: ${good} good, ${result.non2xx} bad, ${result.errors} errors`);
    }
    this.requests += good;
    // The last ones of a load are cut off, and a sampled count is an estimate.
    const counted = after.calls;
    const on = this.side === 'instrumented' && process.env.MEMPROF === undefined;
    if (on && !(counted > 0.9 * this.requests)) {
      throw new Error(`${this.requests} requests, and memprof counted ${counted}`);
    }
    const cpu = after.cpu - before.cpu;
    const own = (after.own - before.own) / elapsed;
    return { perSecond: good / result.duration, cpu: cpu / good, busy: cpu / elapsed, own };
  }

  stop(): void {
    this.child.kill();
  }
}
