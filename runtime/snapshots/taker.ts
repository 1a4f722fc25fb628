// Takes a heap snapshot, where it is due and can be afforded, and says what came of it. Serves triggers and requests. Must
// never throw, take two at a time, or leave a torn file under a whole one's name. It stops the program for as long as it takes.

import * as v8 from 'node:v8';
import { formatSize } from '../../contract/size';
import type { SnapshotAnswer } from '../../contract/snapshot';
import { BESIDES, now, spent } from '../clock';
import type { SnapshotOptions } from '../config';
import { settle, settleOwn } from '../ledger';
import { logSnapshot } from '../log';
import { thrown, warnOnce } from '../warn';
import { refusal } from './afford';
import { nameOf, writeWhole } from './folder';
import { figures } from './room';
import { type Sampled, sample } from './sampled';
import { restOf, stamp, takeTurn } from './turn';

/** What came of it: as it is answered to a request. */
export type Outcome = Omit<SnapshotAnswer, 'id'>;
export type Why = 'spike' | 'alert' | 'request';

// A program that spikes all the time is not looked at each time, ms.
const LOOK_AGAIN = 1000;
const { now: clock } = Date;

/** Of this process, whatever its settings were meanwhile. */
let taken = 0;
let profiles = 0;

export class Taker {
  private lookAt = 0;
  private tellAt = 0;

  constructor(private readonly settings: Required<SnapshotOptions>) {}

  /** A spike or an alert: nothing is said where it is not due. */
  trigger(why: 'spike' | 'alert'): void {
    const at = now();
    if (taken >= this.settings.most || at < this.lookAt) return;
    this.lookAt = at + Math.min(LOOK_AGAIN, this.settings.cooldown);
    this.accounted(why, false);
  }

  /** Somebody has asked: `force` passes the cooldown and the count, never what can be afforded. */
  request(force: boolean): Outcome {
    if (!force && taken >= this.settings.most)
      return { reason: `this process has taken ${taken} already, its most; --force takes one more` };
    return this.accounted('request', force);
  }

  // What is allocated and takes time here is memprof's own.
  private accounted(why: Why, force: boolean): Outcome {
    settle();
    const since = now();
    try {
      return this.attempt(why, force);
    } catch (error) {
      warnOnce('MEMPROF_W_SNAPSHOT', { key: 'writing', value: thrown(error) });
      // What has failed is not tried again and again.
      this.lookAt = now() + this.settings.cooldown;
      return { reason: `it could not be written: ${thrown(error)}` };
    } finally {
      spent[BESIDES] += now() - since;
      settleOwn();
    }
  }

  private attempt(why: Why, force: boolean): Outcome {
    const { folder, cooldown } = this.settings;
    const giveBack = takeTurn(folder);
    if (giveBack === undefined) return { reason: 'another process of this folder is taking one' };
    try {
      const at = clock();
      const rest = force ? 0 : restOf(folder, cooldown, at);
      if (rest > 0) {
        return {
          reason: `one was taken in this folder within the cooldown, ${Math.ceil(rest / 1000)} s are left of it; --force takes one now`,
        };
      }
      const reason = refusal(figures(folder));
      if (reason !== undefined) return this.refuse(reason, why, at);
      stamp(folder, at);
      return this.write(why, at);
    } finally {
      giveBack();
    }
  }

  private write(why: Why, at: number): Outcome {
    const { folder } = this.settings;
    taken++;
    const since = now();
    // Node's stream of one holds the whole text in memory beside V8's graph, and stops the program as long (docs/snapshots.md).
    const written = writeWhole(folder, nameOf('heapsnapshot', at), (path) => v8.writeHeapSnapshot(path));
    const time = Math.round(now() - since);
    logSnapshot(
      { snapshot: written.path, bytes: written.size, time, why },
      `heap snapshot written after ${ofWhy(why)}: ${written.path} (${formatSize(written.size)}, the program stood still for ${(time / 1000).toFixed(1)} s). It holds values of the program's data, strings as they are: keep it as you keep these`,
    );
    return { ...written, time };
  }

  private refuse(reason: string, why: Why, at: number): Outcome {
    const isAsked = why === 'request';
    // What cannot be afforded now cannot a second later either, and one line says it.
    if (!isAsked && (now() < this.tellAt || profiles >= this.settings.most)) return { reason };
    if (!isAsked) this.tellAt = now() + this.settings.cooldown;
    const text = `heap snapshot not taken: ${reason}`;
    const instead = this.instead(at);
    const { sampled } = instead;
    logSnapshot(
      { reason, why, ...(sampled && { profile: sampled.path, profileIn: sampled.later }) },
      `${text}. ${instead.text}`,
    );
    if (sampled === undefined) return { reason };
    return { reason, profile: sampled.path, profileIn: sampled.later };
  }

  private instead(at: number): { text: string; sampled?: Sampled } {
    try {
      const sampled = sample(this.settings.folder, at, (error) =>
        warnOnce('MEMPROF_W_SNAPSHOT', { key: 'writing', value: thrown(error) }),
      );
      profiles++;
      if (sampled.later === 0)
        return { text: `What lives by stack, sampled, instead: ${sampled.path}`, sampled };
      return {
        text: `What is allocated from now on and lives, by stack, sampled, is written in ${sampled.later / 1000} s instead: ${sampled.path}`,
        sampled,
      };
    } catch (error) {
      return { text: `Nor is there a sampled profile: ${thrown(error)}` };
    }
  }
}

function ofWhy(why: Why): string {
  return why === 'alert' ? 'an alert' : `a ${why}`;
}
