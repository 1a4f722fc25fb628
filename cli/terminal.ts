// The terminal while a command has it for itself: an alternate screen, keys, and everything as it was afterwards. Serves
// `memprof top`. Must never leave a terminal without its cursor or in raw mode, whatever ends the process.
// A library for terminals draws boxes and widgets; this needs six escapes, and what node:readline knows of keys.

import { writeSync } from 'node:fs';
import readline from 'node:readline';

/** A key: `name` as node:readline has it, `text` what was typed. */
export interface Key {
  name: string;
  text: string;
  ctrl: boolean;
}

// The alternate screen, no cursor, no wrapping: a character that is wider than was thought must not push lines down.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
// A terminal that knows it shows all or nothing of what is between.
const BEGIN = '\u001b[?2026h\u001b[H';
const END = '\u001b[J\u001b[?2026l';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Terminal {
  private entered = false;
  private readonly keys = (text: string | undefined, key: { name?: string; ctrl?: boolean }) =>
    this.pressed({ name: key.name ?? '', text: text ?? '', ctrl: key.ctrl === true });
  private readonly resized = () => this.redraw();
  // Dies as it would have, its terminal being what it was.
  private readonly killed = (signal: NodeJS.Signals) => {
    this.leave();
    process.kill(process.pid, signal);
  };
  private readonly left = () => this.leave();
  private readonly goneOn = () => {
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    this.write(ENTER);
    this.redraw();
  };

  /** @param redraw called where the terminal has got another size, or the process goes on */
  constructor(
    private readonly pressed: (key: Key) => void,
    private readonly redraw: () => void,
  ) {}

  get size(): { columns: number; rows: number } {
    const { columns, rows } = process.stdout;
    return { columns: columns || 80, rows: rows || 24 };
  }

  enter(): void {
    this.entered = true;
    for (const signal of SIGNALS) process.on(signal, this.killed);
    // Of an exception that nobody catches, too: Node prints it after this.
    process.on('exit', this.left);
    process.on('SIGCONT', this.goneOn);
    process.stdout.on('resize', this.resized);
    this.write(ENTER);
    if (!process.stdin.isTTY) return;
    readline.emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', this.keys);
    process.stdin.resume();
  }

  leave(): void {
    if (!this.entered) return;
    this.entered = false;
    for (const signal of SIGNALS) process.off(signal, this.killed);
    process.off('exit', this.left);
    process.off('SIGCONT', this.goneOn);
    process.stdout.off('resize', this.resized);
    if (process.stdin.isTTY) {
      process.stdin.off('keypress', this.keys);
      process.stdin.setRawMode(false);
      process.stdin.pause();
    }
    this.write(LEAVE);
  }

  /** The lines of the whole screen: each replaces the one that stood there, so that nothing flickers. */
  draw(lines: string[]): void {
    if (this.entered)
      process.stdout.write(`${BEGIN}${lines.map((line) => `${line}\u001b[K`).join('\r\n')}${END}`);
  }

  /** As Ctrl-Z does where nobody reads the keys. */
  stop(): void {
    process.stdin.setRawMode(false);
    this.write(LEAVE);
    process.kill(process.pid, 'SIGSTOP');
  }

  // At once: a process that ends does not wait for what is still to be written.
  private write(text: string): void {
    try {
      writeSync(process.stdout.fd, text);
    } catch {
      // The terminal is gone.
    }
  }
}
