// A recording on disk: lines that are appended, in files that do not grow for ever. Serves the recorder's thread. Must
// never throw once it has said that it cannot write.

import { closeSync, constants, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from '../../contract/recording';

export class Writer {
  private readonly path: string;
  private readonly older: string;
  private file: number | undefined;
  private size = 0;
  private lines = '';

  /**
   * @param begin what each file begins with
   * @param failed told once, of the first error; nothing is written after it
   */
  constructor(
    folder: string,
    { start, pid, thread }: { start: number; pid: number; thread: number },
    private readonly begin: () => string,
    private readonly failed: (error: Error) => void,
    private readonly most: number,
  ) {
    const name = (isOlder: boolean) => join(folder, fileNameOf({ start, pid, thread, isOlder }));
    this.path = name(false);
    this.older = name(true);
    this.carefully(() => {
      mkdirSync(folder, { recursive: true });
      this.open(this.path);
    });
  }

  add(line: unknown): void {
    this.lines += `${JSON.stringify(line)}\n`;
  }

  /** Writes what was added since. */
  flush(): void {
    if (this.lines === '') return;
    const lines = this.lines;
    this.lines = '';
    this.carefully(() => {
      if (this.size > this.most) this.turn();
      this.write(lines);
    });
  }

  // Under a name of its own first: whoever reads the folder finds the old file or the new one, each whole.
  private turn(): void {
    const next = `${this.path}.new`;
    closeSync(this.file as number);
    this.open(next);
    renameSync(this.path, this.older);
    renameSync(next, this.path);
  }

  private open(path: string): void {
    // Never one that is there: it is another's.
    this.file = openSync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND,
      0o600,
    );
    this.size = 0;
    this.write(this.begin());
  }

  private write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file as number, bytes, at);
    this.size += bytes.length;
  }

  private carefully(what: () => void): void {
    if (this.silent) return;
    try {
      what();
    } catch (error) {
      this.silent = true;
      this.failed(error as Error);
    }
  }
  private silent = false;
}
