// What the program's thread and the recorder's both know of the memory that they share. Imports nothing that counts: the
// recorder's thread has no account.

import type { FunctionRow } from '../../contract/recording';
import type { AlertRecord, SpikeRecord } from '../events';
import type { Suspect } from '../leaks/suspects';
import type { PlacedStack } from '../stacks';

/** Slots of the head, an Int32Array. */
export const HEAD = 0; // records ever written into the ring, modulo 2^32
export const TAIL = 1; // of them: read
export const LOST = 2; // not written, since the ring was full
export const SPANS_USED = 3; // spans that lie in shared memory
export const STOP = 4; // 1: the program asks for a flight and goes on; 2: for the last line
export const STOPPED = 5; // what of it was done
export const WHY = 6; // index in `WHYS`
export const CODE = 7; // the exit code
export const PATHS_USED = 8; // paths that there are
export const DEBUGGED = 9; // 1 while a debugger's port is open
export const WINDOW = 10; // 1 while the program's thread has V8 sample what nobody owns (stacks.ts)
export const SAMPLED = 11; // 1 once the recorder's has it sample what is alive
export const HEAD_WIDTH = 12;

export const WHYS = ['exit', 'SIGTERM', 'fatal'] as const;
export const GO_ON = 1;
export const LAST = 2;

/** Calls in flight that can be shown, and ended calls that wait to be written. */
export const SPANS = 2048;
export const RING = 8192;

/** Paths that can be known (paths.ts), and the slots of one: the path above it, its function's number. */
export const PATHS = 16384;
export const PATH_WIDTH = 2;

/**
 * Calls whose arguments are looked at, from one poll of the recorder's thread to the next: so many of each function, that is
 * 10 000 a second. An array takes as long as all else that recording does. Functions have a slot by their number; those that
 * fall together share it.
 */
export const LOOKS = 200;
export const LOOK_SLOTS = 4096;

/** Slots of a record in the ring: an ended call. */
export const R_SITE = 0; // its function's number, doubled, and 1 where it failed
export const R_STARTED = 1;
export const R_TIME = 2;
export const R_SELF = 3;
export const R_TOTAL = 4;
export const R_AWAITED = 5;
export const R_EXTERNAL = 6;
export const R_WEIGHT = 7;
export const R_PATH = 8;
export const R_OWN = 9; // of R_AWAITED: claimed by itself
export const RECORD_WIDTH = 10;

/** What the recorder's thread is started with. */
export interface Start {
  folder: string;
  /** The file's first line. */
  header: Record<string, unknown> & {
    start: number;
    pid: number;
    thread: number;
    heapLimit: number;
    rssLimit: number | null;
  };
  head: Int32Array;
  spans: Float64Array;
  ring: Float64Array;
  paths: Int32Array;
  /** By function: calls that are still to be looked at (`LOOKS`). The recorder's thread fills them up. */
  looks: Int32Array;
  ledger: Float64Array;
  meter: Float64Array;
  counts: Int32Array;
  /** Where in them what lies. */
  slots: Record<
    'owned' | 'unowned' | 'used' | 'external' | 'readings' | 'inFlight' | 'eras' | 'collections',
    number
  >;
  /** The program's `performance.now()` when its `start` was taken, and this thread's own differs by `timeOrigin`. */
  timeOrigin: number;
  /** Where the kernel says what all processes under that limit take together. */
  group: { used: string; stat: string; unused: string } | undefined;
  /** Where messages come from, asked for at each poll. */
  port: import('node:worker_threads').MessagePort;
}

export type Message =
  | {
      table: {
        first: number;
        path: string;
        rows: FunctionRow[];
        sums: Float64Array;
      };
    }
  | { spike: SpikeRecord; at: number }
  | { alert: AlertRecord; at: number }
  | { unowned: PlacedStack[]; at: number }
  | { suspects: Suspect[]; at: number };
