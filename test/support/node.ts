// Runs a program in a Node process of its own: what is measured is a process's heap, and what is tested
// is often how a process begins or ends.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..', '..');

export interface Run {
  stdout: string;
  stderr: string;
  status: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  flags?: string[];
  args?: string[];
  cwd?: string;
  /** Milliseconds after which it is killed. */
  timeout?: number;
}

/** Runs `code` as a CommonJS file inside the package, so that `require('memprof')` is this one. */
export function runCode(code: string, options: RunOptions = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-test-'));
  const file = join(folder, 'program.cjs');
  const self = `const { createRequire } = require('node:module'); require = createRequire(${JSON.stringify(join(ROOT, 'package.json'))});\n`;
  writeFileSync(file, self + code);
  return runFile(file, options);
}

export function runFile(
  file: string,
  { env, flags = [], args = [], cwd, timeout = 120_000 }: RunOptions = {},
): Run {
  const clean: Record<string, string | undefined> = { ...process.env, MEMPROF_LOG: 'off', ...env };
  for (const key of Object.keys(clean)) if (clean[key] === undefined) delete clean[key];
  if (!env || !('MEMPROF' in env)) delete clean.MEMPROF;
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [...flags, file, ...args], {
    encoding: 'utf8',
    env: clean as NodeJS.ProcessEnv,
    cwd,
    timeout,
    maxBuffer: 1 << 26,
  });
  return { stdout, stderr, status, signal };
}

/** What a program printed as JSON on its last line. */
export function resultOf<T = any>(run: Run): T {
  const lines = run.stdout.trim().split('\n');
  try {
    return JSON.parse(lines[lines.length - 1]);
  } catch {
    throw new Error(
      `the program printed no result\nstdout: ${run.stdout}\nstderr: ${run.stderr}\nstatus: ${run.status} ${run.signal ?? ''}`,
    );
  }
}
