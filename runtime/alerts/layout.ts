// What the program's thread and the webhook's both know. Imports nothing that counts: that thread has no account.

import type { AlertRecord } from '../events';
import type { Shape } from './options';

/** Slots of the head, an Int32Array in shared memory. */
export const WAITING = 0; // alerts handed over and neither sent nor dropped
export const ENDED = 1; // 1 once the last try at the program's end is over
export const HEAD_WIDTH = 2;

/** How long the program waits for that, ms. */
export const PATIENCE = 1000;

/** Who alerts. */
export interface Sender {
  pid: number;
  host: string;
  script: string | null;
  node: string;
}

export interface Start {
  url: string;
  shape: Shape;
  sender: Sender;
  head: Int32Array;
}

/** An alert to be sent, or that the program ends now. */
export type Message = { alert: AlertRecord } | 'ends';
