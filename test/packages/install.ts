// Brings a case's packages, in the lockfile's versions, into a folder outside the tracked tree, and a build
// of memprof's runtime that no other process rewrites meanwhile. It must never touch the repository's own
// node_modules or dist.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Case } from './cases';

export const ROOT = path.resolve(__dirname, '..', '..');
export const CACHE = path.join(ROOT, '.cache', 'packages');

interface Manifest {
  name: string;
  private: boolean;
  dependencies: Record<string, string>;
}

function run(command: string, args: string[], cwd: string): void {
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (${status})\n${stdout}${stderr}`);
}

/**
 * The folder with the case's `node_modules` as npm lays them; kept from run to run while the versions stay.
 * @throws Error with npm's output
 */
export function install({ name, beside = [] }: Case): string {
  const folder = path.join(CACHE, name, 'plain');
  const all = JSON.parse(readFileSync(path.join(__dirname, 'package.json'), 'utf8')) as Manifest;
  const names = [name, ...beside];
  const dependencies = Object.fromEntries(names.map((one) => [one, all.dependencies[one]]));
  const lock = readFileSync(path.join(__dirname, 'package-lock.json'), 'utf8');
  const manifest = JSON.stringify({ ...all, dependencies });
  const stamp = path.join(folder, 'installed.json');
  const wanted = JSON.stringify([manifest, lock]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), manifest);
  // npm keeps the versions of a lockfile that holds more than is asked for.
  writeFileSync(path.join(folder, 'package-lock.json'), lock);
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit-lockfile-registry-resolved'];
  run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', ...quiet], folder);
  writeFileSync(stamp, wanted);
  return folder;
}

/** A folder that can stand as `node_modules/memprof`: today's runtime, built. */
export function buildRuntime(): string {
  const folder = path.join(CACHE, 'memprof');
  const entry = path.join(folder, 'dist', 'runtime', 'index.js');
  const sources = ['runtime', 'contract'].flatMap((room) =>
    readdirSync(path.join(ROOT, room)).map((file) => statSync(path.join(ROOT, room, file)).mtimeMs),
  );
  if (existsSync(entry) && statSync(entry).mtimeMs > Math.max(...sources)) return folder;
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const out = path.join(folder, 'dist');
  run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', out, '--declaration', 'false'], ROOT);
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  return folder;
}
