// What is still to be sent, in order, and when is it tried again? A short queue, since what nobody takes for long is old
// news. Knows no network and no clock of its own, and must never throw.

import type { AlertRecord } from '../events';

/** What a try came to: taken, refused for good, or to be tried again, after so many ms where it was told. */
export type Answer = { is: 'taken' } | { is: 'refused' | 'again'; why: string; after?: number };

export interface Post {
  /** Tries once, within `most` ms; `dropped`: alerts before this one that could not be sent. Never rejects. */
  send(alert: AlertRecord, dropped: number, most: number): Promise<Answer>;
  /** Waits so many ms, or until `hurry` is called. */
  rest(ms: number): Promise<void>;
  hurry(): void;
  /** Alerts that are no longer waited for. */
  over(alerts: number): void;
  failed(why: string): void;
}

export const MOST = 100;
const TRIES = 10;
const TIMEOUT = 10_000;
const FIRST_REST = 500;
const LONGEST_REST = 60_000;
const LONGEST_ASKED = 600_000;
/** At the end of the program. */
const LAST_TRY = 900;

export class Queue {
  private readonly alerts: AlertRecord[] = [];
  private dropped = 0;
  private sending: Promise<void> | undefined;
  private ends = false;

  constructor(
    private readonly post: Post,
    private readonly random: () => number = Math.random,
  ) {}

  add(alert: AlertRecord): void {
    this.alerts.push(alert);
    // The first is being sent: the one behind it is the oldest that can go.
    if (this.alerts.length > MOST) this.drop(1);
    this.sending ??= this.sendAll();
  }

  /** One more try for each that waits; over when all have had it, or the time is. */
  async end(): Promise<void> {
    this.ends = true;
    this.post.hurry();
    await this.sending;
  }

  private async sendAll(): Promise<void> {
    while (this.alerts.length > 0) await this.sendFirst();
    this.sending = undefined;
  }

  private async sendFirst(): Promise<void> {
    const [alert] = this.alerts;
    for (let tried = 1; ; tried++) {
      const wasEnd = this.ends;
      const told = this.dropped;
      const answer = await this.post.send(alert, told, wasEnd ? LAST_TRY : TIMEOUT);
      if (answer.is === 'taken') {
        this.dropped -= told;
        this.alerts.shift();
        this.post.over(1);
        return;
      }
      if (answer.is === 'refused' || tried >= TRIES || wasEnd) {
        this.post.failed(answer.why);
        this.drop(0);
        return;
      }
      // The program ended while it was tried: at once once more.
      if (!this.ends) await this.post.rest(this.restAfter(tried, answer.after));
    }
  }

  private drop(at: number): void {
    this.alerts.splice(at, 1);
    this.dropped++;
    this.post.over(1);
  }

  // Half of it by chance, so that a fleet which was refused together does not come back together.
  private restAfter(tried: number, after = 0): number {
    const rest = Math.min(LONGEST_REST, FIRST_REST * 2 ** (tried - 1));
    return Math.max(rest * (0.5 + this.random() / 2), Math.min(after, LONGEST_ASKED));
  }
}
