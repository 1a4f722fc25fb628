// What does a program do now? Follows the recordings of a process as they grow: its threads, those that begin later too, and what
// each function allocates in a second. Serves `memprof top`. Must never wait, write or print, nor touch the process itself.

import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { type FileName, fileNameFrom } from '../contract/recording';
import { Lines } from './lines';
import { headerOf } from './read';
import { Reader } from './reader';
import type { Recording } from './recording';

/** Of a function, a second: bytes on the heap and outside, without what was called by it. */
export interface Rate {
  bytes: number;
  calls: number;
}

const CHUNK = 64 * 1024;
// Sums are written once a second, where something has changed: after a longer time that second was the last one.
const SECOND = 1000;
const IDLE = 1500;
// The last sums of a program come when it ends, however soon after those before.
const SHORTEST = 200;

/** Follows the recording of one thread. */
export class Follower {
  readonly recording: Recording;
  /** When something was written last, ms since 1970. */
  written = 0;
  private readonly reader: Reader;
  private readonly rates = new Map<number, Rate>();
  private readonly before = new Map<number, Rate>();
  private summedAt = 0;
  private open: { descriptor: number; inode: bigint } | undefined;
  private isFirst = true;
  private lines = new Lines();

  /** @throws where there is no file, or it is no recording (of this format) */
  constructor(private readonly file: string) {
    this.reader = new Reader(headerOf(file));
    this.recording = this.reader.recording;
    this.turn();
  }

  /** By function, in the last second that was summed; empty where nothing was called since. */
  get now(): ReadonlyMap<number, Rate> {
    return this.recording.last - this.summedAt > IDLE ? new Map() : this.rates;
  }

  /**
   * By function, how many of its calls were in flight when that was told last, once a second: those that have ended since, too, as
   * those that have begun are not known either.
   */
  get inFlight(): ReadonlyMap<number, number> {
    const { flights, memory, end } = this.recording;
    const isOld = (memory.at(-1)?.at ?? 0) - (flights.at(-1)?.at ?? 0) > IDLE;
    return new Map(end || isOld ? [] : flights.at(-1)?.counts);
  }

  /** Reads what was written since. */
  poll(): void {
    this.drain();
    if (inodeOf(this.file) === this.open?.inode) return;
    // It was renamed: what came before that is in the file that is open, and after it in another.
    this.drain();
    this.turn();
  }

  close(): void {
    if (this.open) closeSync(this.open.descriptor);
    this.open = undefined;
  }

  private turn(): void {
    const older = this.file.replace(/\.jsonl$/, '-1.jsonl');
    const known = this.open?.inode;
    // Between two renamings there is no file of that name.
    const inode = inodeOf(this.file);
    if (inode === undefined) return;
    const unread = inodeOf(older);
    if (unread !== undefined && unread !== known) this.begin(older);
    this.begin(this.file);
  }

  private begin(file: string): void {
    const descriptor = openSync(file, 'r');
    this.close();
    this.open = { descriptor, inode: fstatSync(descriptor, { bigint: true }).ino };
    this.isFirst = true;
    this.lines = new Lines();
    this.drain();
  }

  private drain(): void {
    if (!this.open) return;
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let read = 1; (read = readSync(this.open.descriptor, chunk, 0, CHUNK, null)) > 0; ) {
      this.lines.push(chunk.subarray(0, read), (text) => this.line(text));
    }
    this.written = Number(fstatSync(this.open.descriptor).mtimeMs);
  }

  private line(text: string | undefined): void {
    const isHeader = this.isFirst;
    this.isFirst = false;
    if (isHeader) return;
    this.reader.take(text);
    if (text?.startsWith('["sums",')) this.summed(Number.parseFloat(text.slice('["sums",'.length)));
  }

  private summed(at: number): void {
    const since = at - this.summedAt;
    if (!(since >= SHORTEST)) return;
    const seconds = (since > IDLE ? SECOND : since) / 1000;
    this.summedAt = at;
    this.rates.clear();
    for (const [site, { calls, self, awaited, external }] of this.recording.sums) {
      const bytes = self + awaited + external;
      const last = this.before.get(site);
      const more = { bytes: bytes - (last?.bytes ?? 0), calls: calls - (last?.calls ?? 0) };
      this.before.set(site, { bytes, calls });
      if (more.bytes > 0 || more.calls > 0)
        this.rates.set(site, {
          bytes: Math.max(0, more.bytes) / seconds,
          calls: Math.max(0, more.calls) / seconds,
        });
    }
  }
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Follows all threads of a process. */
export class Following {
  /** By thread. */
  readonly threads: Follower[] = [];
  private readonly known = new Set<string>();

  private constructor(
    private readonly folder: string,
    readonly pid: number,
    private readonly start: number,
  ) {}

  /**
   * @param pid of which process; without it that which began last
   * @returns `undefined` where the folder has no recording of it
   * @throws where a recording cannot be read, or is none
   */
  static of(folder: string, pid?: number): Following | undefined {
    const files = filesIn(folder).filter((one) => pid === undefined || one.pid === pid);
    const newest = files.reduce<(typeof files)[0] | undefined>(
      (last, one) => (last && last.start >= one.start ? last : one),
      undefined,
    );
    if (!newest) return undefined;
    // Numbers of processes come again: what began before its main thread is another's.
    const main = files.filter((one) => one.pid === newest.pid && one.thread === 0);
    const start = main.length > 0 ? Math.max(...main.map((one) => one.start)) : newest.start;
    const following = new Following(folder, newest.pid, start);
    following.look((error) => {
      throw error;
    });
    return following;
  }

  /** Reads what was written since, and looks for threads that have begun. A file that cannot be read is left out. */
  poll(): void {
    for (const one of this.threads) one.poll();
    this.look(() => {});
  }

  close(): void {
    for (const one of this.threads) one.close();
  }

  private look(failed: (error: Error) => void): void {
    for (const { name, pid, start } of filesIn(this.folder)) {
      if (pid !== this.pid || start < this.start || this.known.has(name)) continue;
      try {
        this.threads.push(new Follower(path.join(this.folder, name)));
        this.known.add(name);
      } catch (error) {
        // Its first line may not be there yet.
        failed(error as Error);
      }
    }
    this.threads.sort((a, b) => a.recording.header.thread - b.recording.header.thread);
  }
}

function filesIn(folder: string): (FileName & { name: string })[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const parts = fileNameFrom(name);
      return parts && !parts.isOlder ? [{ ...parts, name }] : [];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
