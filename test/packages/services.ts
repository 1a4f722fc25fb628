// A PostgreSQL or a Redis of our own for as long as a run needs it: on a free port, in a folder that goes
// with it. It must never touch a server that was there before.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type ServiceName = 'postgres' | 'redis';

export interface Service {
  /** What a client needs, given to the workload. */
  address: { host: string; port: number; user?: string; database?: string };
  stop(): Promise<void>;
}

/** Why a service cannot be had on this machine. */
export class Missing extends Error {}

const HOST = '127.0.0.1';

/** @throws Missing where the server's program is not installed */
export async function start(name: ServiceName): Promise<Service> {
  return name === 'postgres' ? postgres() : redis();
}

async function postgres(): Promise<Service> {
  const bin = postgresFolder();
  if (!bin) throw new Missing('no PostgreSQL server is installed (initdb was found in no known folder)');
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-pg-'));
  const data = path.join(folder, 'data');
  const program = (file: string) => (bin === '' ? file : path.join(bin, file));
  // The server refuses to run as root.
  const account = process.getuid?.() === 0 ? postgresAccount() : undefined;
  if (account) chownSync(folder, account.uid, account.gid);
  const as = { ...account, cwd: folder };
  const init = ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync'];
  const made = spawnSync(program('initdb'), init, { ...as, encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed (${made.status ?? made.error?.message})\n${made.stdout}${made.stderr}`);
  }
  const port = await freePort();
  const settings = [`listen_addresses=${HOST}`, `unix_socket_directories=${folder}`, 'fsync=off'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
  const child = spawn(program('postgres'), args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
  // SIGINT: it ends its clients' sessions and shuts down.
  const stop = () => end(child, 'SIGINT', folder);
  await ready(child, child.stderr as NodeJS.ReadableStream, /ready to accept connections/, stop);
  return { address: { host: HOST, port, user: 'postgres', database: 'postgres' }, stop };
}

async function redis(): Promise<Service> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    throw new Missing('no redis-server is installed (Debian: apt-get install redis-server)');
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => end(child, 'SIGTERM', folder);
  await ready(child, child.stdout as NodeJS.ReadableStream, /Ready to accept connections/, stop);
  return { address: { host: HOST, port }, stop };
}

/** The folder of initdb; '' where it is on the path; undefined where there is none. */
function postgresFolder(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => path.join(debian, version, 'bin'));
  const folder = found.find((one) => existsSync(path.join(one, 'initdb')));
  return folder ?? (spawnSync('initdb', ['--version']).status === 0 ? '' : undefined);
}

function postgresAccount(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    throw new Missing('PostgreSQL does not run as root, and there is no user "postgres" to run it');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function ready(
  child: ChildProcess,
  output: NodeJS.ReadableStream,
  sign: RegExp,
  stop: () => Promise<void>,
): Promise<void> {
  let said = '';
  const failure = await new Promise<string | undefined>((resolve) => {
    output.on('data', (data) => {
      said = (said + data).slice(-10_000);
      if (sign.test(said)) resolve(undefined);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) => resolve(`it ended (${code})`));
  });
  if (failure === undefined) return;
  await stop();
  throw new Error(`${child.spawnfile} did not start: ${failure}\n${said}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
}
