// A command in a real pseudo-terminal, and what is to be seen there: @xterm/headless reads what it prints, as a terminal does.
// Serves tests of commands that draw. Must never wait for a time: only for what is shown.

import path from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { ROOT } from '../support/node';

// Nothing waits for so long, but a test that has failed.
export const LONGEST = 20_000;

// What a drawing ends with.
const DRAWN = '\u001b[?2026l';

export class Pseudo {
  /** All that was printed. */
  output = '';
  private readonly pty: IPty;
  private readonly terminal: Terminal;
  private looks: (() => void)[] = [];
  private readonly exited: Promise<{ exitCode: number; signal?: number }>;

  constructor(args: string[], cwd: string, { columns = 100, rows = 24, env = {} } = {}) {
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
    this.pty = spawn(process.execPath, [path.join(ROOT, 'dist/cli/main.js'), ...args], {
      cols: columns,
      rows,
      cwd,
      env: { ...process.env, ...env },
      name: 'xterm-256color',
    });
    this.pty.onData((data) => {
      this.output += data;
      this.terminal.write(data, () => {
        for (const look of this.looks) look();
      });
    });
    this.exited = new Promise((done) => this.pty.onExit(done));
    const timer = setTimeout(() => this.kill(), 2 * LONGEST);
    this.pty.onExit(() => clearTimeout(timer));
  }

  get pid(): number {
    return this.pty.pid;
  }

  get isAlternate(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  /** What stands on the screen, without spaces at the ends of lines. */
  get lines(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, n) => active.getLine(active.baseY + n)?.translateToString(true) ?? '',
    );
  }

  type(keys: string): void {
    this.pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** Waits until the screen shows it. */
  async until(what: RegExp | ((lines: string[]) => boolean)): Promise<string[]> {
    const isThere = () => (typeof what === 'function' ? what(this.lines) : what.test(this.lines.join('\n')));
    await new Promise<void>((done, failed) => {
      const timer = setTimeout(
        () => failed(new Error(`never shown: ${what}\n${this.lines.join('\n')}`)),
        LONGEST,
      );
      const look = () => {
        if (!isThere()) return;
        clearTimeout(timer);
        this.looks = this.looks.filter((one) => one !== look);
        done();
      };
      this.looks.push(look);
      look();
    });
    return this.lines;
  }

  /** Waits until it has drawn so often from now on, whatever it shows. */
  async drawn(times: number): Promise<void> {
    const count = () => this.output.split(DRAWN).length;
    const wanted = count() + times;
    await this.until(() => count() >= wanted);
  }

  /** How it ended; all that it printed has been read. */
  async end(): Promise<{ exitCode: number; signal?: number }> {
    const how = await this.exited;
    await new Promise<void>((done) => this.terminal.write('', done));
    return how;
  }

  kill(): void {
    this.pty.kill('SIGKILL');
  }
}
