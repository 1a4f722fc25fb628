// The webhook's thread: sends what the program's hands over. A thread of its own, since a look-up of a host's name keeps the
// process open whose loop it runs in, what sending allocates would be the program's, and a loop that never ends would keep
// an alert about itself. Must never print, follow a redirect, or tell the URL.

import * as http from 'node:http';
import * as https from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';
import { bodyOf } from './body';
import { ENDED, type Message, PATIENCE, type Start, WAITING } from './layout';
import { type Answer, Queue } from './queue';

const { url, shape, sender, head } = workerData as Start;
let wake = (): void => {};
let hurries = false;

const queue = new Queue({
  send: (alert, dropped, most) => post(bodyOf(alert, sender, shape, dropped), hurries ? leftOf(most) : most),
  rest: (ms) =>
    new Promise((over) => {
      const timer = setTimeout(over, ms);
      wake = () => {
        clearTimeout(timer);
        over();
      };
    }),
  hurry() {
    hurries = true;
    endsAt = performance.now() + PATIENCE;
    wake();
    shorten();
  },
  over: (alerts) => Atomics.sub(head, WAITING, alerts),
  failed: (why) => parentPort?.postMessage(why),
});
let endsAt = 0;
// What is on its way when the program ends has no longer than that. Broken off and sent again it might come twice.
let shorten = (): void => {};

function leftOf(most: number): number {
  return Math.max(1, Math.min(most, endsAt - performance.now() - 50));
}

function post(body: string, most: number): Promise<Answer> {
  return new Promise((answered) => {
    const again = (why: string, after?: number) => answered({ is: 'again', why, after });
    try {
      const { request } = url.startsWith('https:') ? https : http;
      const sent = request(url, {
        method: 'POST',
        agent: false,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'memprof',
        },
      });
      const broken = (why: string) => {
        again(why);
        sent.destroy();
      };
      let timer = setTimeout(() => broken(`no answer within ${Math.round(most)} ms`), most);
      shorten = () => {
        clearTimeout(timer);
        timer = setTimeout(() => broken('no answer before the program ended'), leftOf(most));
      };
      sent.on('close', () => {
        clearTimeout(timer);
        shorten = () => {};
      });
      sent.on('error', (error: NodeJS.ErrnoException) => again(error.code ?? error.name));
      sent.on('response', (response) => {
        answered(answerOf(response.statusCode ?? 0, response.headers['retry-after']));
        // What it says besides is nobody's business.
        response.on('error', () => {}).destroy();
      });
      sent.end(body);
    } catch (error) {
      answered({ is: 'refused', why: (error as Error).name });
    }
  });
}

function answerOf(status: number, retryAfter: string | undefined): Answer {
  if (status >= 200 && status < 300) return { is: 'taken' };
  const why = `status ${status}`;
  if (status !== 429 && status < 500) return { is: 'refused', why };
  return { is: 'again', why, after: timeOf(retryAfter) };
}

// Seconds, or a date.
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(text) ? 1000 * Number(text) : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

parentPort?.on('message', (message: Message) => {
  if (message !== 'ends') {
    queue.add(message.alert);
    return;
  }
  void queue.end().then(() => {
    Atomics.store(head, ENDED, 1);
    Atomics.notify(head, ENDED);
  });
});
