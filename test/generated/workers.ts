// Has programs judged by a child process, and starts another one where it hangs or dies. Serves the test,
// which must always get a verdict.

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Program, Verdict } from './verdict';

// What a list of programs takes at most; a busy machine takes ten times what an idle one does.
const PATIENCE = 60_000;

export class Judge {
  private child: ChildProcess | undefined;
  private lines: Interface | undefined;
  private errors = '';
  private before: Promise<unknown> = Promise.resolve();

  /** Verdicts in the order of the programs; where the process ended, each program gets one by itself. */
  async all(programs: Program[]): Promise<Verdict[]> {
    const verdicts = await this.ask(programs);
    if (Array.isArray(verdicts)) return verdicts;
    if (programs.length > 1) {
      const each: Verdict[] = [];
      for (const one of programs) each.push(...(await this.all([one])));
      return each;
    }
    return [
      {
        result: 'fault',
        leg: 'process',
        why: verdicts,
        legs: 0,
        alone: 0,
        dropped: 0,
        stalled: 0,
      },
    ];
  }

  async one(program: Program): Promise<Verdict> {
    return (await this.all([program]))[0];
  }

  end(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  // One question at a time: an answer says not what it answers.
  private ask(programs: Program[]): Promise<Verdict[] | string> {
    const answer = this.before.then(() => this.send(programs));
    this.before = answer;
    return answer;
  }

  private send(programs: Program[]): Promise<Verdict[] | string> {
    if (!this.child) this.start();
    const { child, lines } = this;
    return new Promise((resolve) => {
      const over = (answer: Verdict[] | string) => {
        clearTimeout(timer);
        child!.removeAllListeners('close');
        lines!.removeAllListeners('line');
        if (typeof answer === 'string') this.end();
        resolve(answer);
      };
      const timer = setTimeout(
        () => over(`it did not end within ${PATIENCE / 1000} s`),
        PATIENCE * programs.length ** 0.5,
      );
      child!.once('close', (status, signal) =>
        over(`the process ended (${signal ?? status}) ${this.errors.slice(-600)}`),
      );
      lines!.once('line', (line) => over(JSON.parse(line)));
      child!.stdin!.write(`${JSON.stringify(programs)}\n`);
    });
  }

  private start(): void {
    const args = ['-r', require.resolve('tsx/cjs'), '--no-warnings', path.join(__dirname, 'worker.ts')];
    const env = { ...process.env, MEMPROF_LOG: 'off' };
    this.child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.errors = '';
    this.child.stdin!.on('error', () => {});
    this.child.stderr!.on('data', (data) => {
      this.errors = `${this.errors}${data}`.slice(-4000);
    });
    this.lines = createInterface({ input: this.child.stdout! });
  }
}
