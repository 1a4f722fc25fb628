// A program that runs beside the test, in a process of its own: what it prints is waited for, and how it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './node';

/** No test waits longer: what did not come by then does not come, ms. */
export const LONGEST = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', endAll);
// Else nobody would end them where the test itself is ended.
process.once('SIGTERM', () => process.exit(1));

/** Ends what still runs. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class Started {
  stdout = '';
  stderr = '';
  readonly pid: number;
  readonly child: ChildProcess;
  /** Its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private look = () => {};

  constructor(file: string, args: string[], env: Record<string, string | undefined> = {}) {
    const { MEMPROF: _, MEMPROF_SNAPSHOT: __, ...rest } = process.env;
    this.child = spawn(process.execPath, [file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...rest, MEMPROF_LOG: 'off', ...env },
    });
    this.pid = this.child.pid as number;
    running.add(this.child);
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text) => {
        this[name] += text;
        this.look();
      });
    }
    this.ended = new Promise((done) => {
      this.child.on('close', (status, signal) => {
        running.delete(this.child);
        done(status ?? signal);
        this.look();
      });
    });
  }

  /** Waits until it has printed that. */
  async said(what: RegExp): Promise<void> {
    await new Promise<void>((done, failed) => {
      const give = () =>
        failed(new Error(`never said: ${what}\nstdout: ${this.stdout}\nstderr: ${this.stderr}`));
      const timer = setTimeout(give, LONGEST);
      this.look = () => {
        const isSaid = what.test(this.stdout) || what.test(this.stderr);
        if (!isSaid && running.has(this.child)) return;
        clearTimeout(timer);
        if (isSaid) done();
        else give();
      };
      this.look();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Begins `code` as `runCode` would run it. */
export function start(code: string, env: Record<string, string | undefined> = {}): Started {
  const file = join(mkdtempSync(join(tmpdir(), 'memprof-test-')), 'program.cjs');
  writeFileSync(
    file,
    `const { createRequire } = require('node:module'); require = createRequire(${JSON.stringify(join(ROOT, 'package.json'))});\n${code}`,
  );
  return new Started(file, [], env);
}

/** Begins the command line. */
export function startMemprof(args: string[], env: Record<string, string | undefined> = {}): Started {
  return new Started(join(ROOT, 'dist/cli/main.js'), args, env);
}

/** Waits for something that no event tells: looks again and again. */
export async function until<T>(what: () => T | undefined | false): Promise<T> {
  for (const since = performance.now(); performance.now() - since < LONGEST; ) {
    const found = what();
    if (found) return found;
    await new Promise((over) => setTimeout(over, 5));
  }
  throw new Error(`never: ${what}`);
}
