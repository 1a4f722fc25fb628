// Which functions' results are not let go? (see below)
import type { Maker } from './alive';

/** Results of one function that outlive collections; bytes, `growth` bytes a ms, estimated from a sampled share. */
export interface Survivors {
  maker: Maker;
  survivors: number;
  bytes: number;
  growth: number;
  low: number;
  high: number;
  shape: string;
  /** Their bytes lie outside the heap: Buffers. */
  outside: boolean;
}
