// The program's side of the webhook: hands alerts over to the thread that sends them. Must never wait while the program
// runs, nor keep it open, nor tell the URL, of which only the host may be named.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AlertRecord } from '../events';
import { thrown, warnOnce } from '../warn';
import { ENDED, HEAD_WIDTH, type Message, PATIENCE, type Start, WAITING } from './layout';
import type { Alerts } from './options';

export interface Webhook {
  send(alert: AlertRecord): void;
  /** The program ends: waits a moment for what has not been sent. */
  end(): void;
  /** Alerts go elsewhere from now on. What waits is still sent. */
  leave(): void;
}

/** Starts the thread at once: a process that is near its limit must not start one then. `undefined` where it cannot be. */
export function webhookTo({ url, shape }: NonNullable<Alerts['webhook']>): Webhook | undefined {
  const key = new URL(url).host;
  const failed = (why: string) => warnOnce('MEMPROF_W_WEBHOOK', { key, reason: why });
  try {
    return open({ url, shape }, failed);
  } catch (error) {
    failed(thrown(error));
    return undefined;
  }
}

function open(hook: Pick<Start, 'url' | 'shape'>, failed: (why: string) => void): Webhook {
  const head = new Int32Array(new SharedArrayBuffer(HEAD_WIDTH * 4));
  const sender = {
    pid: process.pid,
    host: hostname(),
    script: process.argv[1] ?? null,
    node: process.version,
  };
  const file = join(__dirname, 'thread.js');
  if (!existsSync(file)) throw new Error(`${file} is not there: leave memprof out of the bundle`);
  const workerData: Start = { ...hook, sender, head };
  // Nothing of the program's flags, variables or streams: what it preloads must not run there.
  const worker = new Worker(file, {
    workerData,
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
    name: 'memprof alerts',
  });
  let isOver = false;
  worker.on('message', failed);
  worker.on('error', (error) => failed(thrown(error)));
  worker.on('exit', () => {
    isOver = true;
  });
  worker.unref();
  const post = (message: Message) => worker.postMessage(message);
  return {
    send(alert) {
      if (isOver) return;
      Atomics.add(head, WAITING, 1);
      post({ alert });
    },
    end() {
      if (isOver || Atomics.load(head, WAITING) === 0) return;
      post('ends');
      Atomics.wait(head, ENDED, 0, PATIENCE);
    },
    leave() {
      if (Atomics.load(head, WAITING) === 0) void worker.terminate();
    },
  };
}
