// The servers that the services talk to: PostgreSQL, MariaDB, Redis, HTTP, each a process of its own. Serves
// bench/truth/main.ts; it must never leave a process or a folder behind.

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Server {
  port: number;
  folder: string;
  stop(): void;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function answering(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('a server did not answer within ten seconds');
}

/** A server that is not to run as root gets its folder. */
function give(folder: string, user: string): void {
  if (process.getuid?.() !== 0) return;
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  chownSync(folder, id('-u'), id('-g'));
}

/** Postgres refuses to run as root, so there it runs as its own user. */
function asPostgres(command: string, args: string[], cwd: string): void {
  const root = process.getuid?.() === 0;
  const [file, all] = root ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args];
  execFileSync(file, all, { cwd, stdio: 'ignore' });
}

function postgresPrograms(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base) : [];
  if (versions.length === 0) throw new Error(`no PostgreSQL under ${base}`);
  return join(base, versions.sort((a, b) => Number(b) - Number(a))[0], 'bin');
}

async function postgres(folder: string): Promise<Server> {
  const programs = postgresPrograms();
  const data = join(folder, 'data');
  give(folder, 'postgres');
  const port = await freePort();
  asPostgres(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync'], folder);
  const stop = () => {
    try {
      asPostgres(join(programs, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], folder);
    } catch {
      // It did not run.
    }
  };
  try {
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
    asPostgres(
      join(programs, 'pg_ctl'),
      ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start'],
      folder,
    );
    const sql = `create table item as select i as id, 'the name of item ' || i as name, i * 1.5::float8 as price,
      timestamp '2026-01-01' + i * interval '1 minute' as made from generate_series(1, 20000) i`;
    asPostgres(
      join(programs, 'psql'),
      ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-c', sql],
      folder,
    );
  } catch (error) {
    stop();
    throw error;
  }
  return { port, folder, stop };
}

async function mysql(folder: string): Promise<Server> {
  // Debian has the server where only root's path looks.
  const options = {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  } as const;
  try {
    execFileSync('mariadbd', ['--version'], options);
  } catch (error) {
    throw new Error('no MariaDB: apt-get install mariadb-server', { cause: error });
  }
  give(folder, 'mysql');
  // The machine's own settings must not show in the figures. Started by root, both go on as mysql.
  const common = ['--no-defaults', `--datadir=${join(folder, 'data')}`];
  if (process.getuid?.() === 0) common.push('--user=mysql');
  execFileSync(
    'mariadb-install-db',
    [...common, '--auth-root-authentication-method=normal', '--skip-test-db'],
    options,
  );
  // The socket is named relative to the data folder, since a long temp path is more than a socket may have.
  const settings = ['--bind-address=127.0.0.1', '--skip-name-resolve', '--socket=socket', '--pid-file=pid'];
  // Killed, since an orderly end would go on to write into a folder that is being removed.
  const server = await child(
    (port) => spawn('mariadbd', [...common, ...settings, `--port=${port}`], options),
    folder,
    'SIGKILL',
  );
  try {
    const sql = `create database truth; use truth; create table item as select seq as id,
      concat('the name of item ', seq) as name, seq * 1.5e0 as price,
      timestamp('2026-01-01') + interval seq minute as made from seq_1_to_20000`;
    const at = ['--no-defaults', '-h', '127.0.0.1', '-P', `${server.port}`, '-u', 'root'];
    execFileSync('mariadb', [...at, '--connect-timeout=10', '-e', sql], options);
  } catch (error) {
    server.stop();
    throw error;
  }
  return server;
}

async function child(
  start: (port: number) => ChildProcess,
  folder: string,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<Server> {
  const port = await freePort();
  const started = start(port);
  const stop = () => void started.kill(signal);
  // A signal may end this process while it waits; the server goes before its folder.
  process.prependOnceListener('exit', stop);
  try {
    await answering(port);
  } catch (error) {
    stop();
    throw error;
  } finally {
    process.off('exit', stop);
  }
  return { port, folder, stop };
}

export async function serve(source: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-truth-'));
  // Again and again, since a killed server may be a moment in dying.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.once('exit', remove);
  try {
    const server = await begin(source, folder);
    return {
      ...server,
      stop() {
        server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  } finally {
    process.off('exit', remove);
  }
}

function begin(source: string, folder: string): Promise<Server> | Server {
  if (source === 'pg') return postgres(folder);
  if (source === 'mysql') return mysql(folder);
  if (source === 'redis') {
    const args = (port: number) => [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      folder,
    ];
    return child((port) => spawn('redis-server', args(port), { stdio: 'ignore' }), folder);
  }
  if (source === 'fetch')
    return child((port) => fork(join(__dirname, 'http-server.ts'), [`${port}`]), folder);
  return { port: 0, folder, stop() {} };
}
