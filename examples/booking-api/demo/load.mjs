// Sends the load to a running service: a few hundred light requests, twelve at a time, and among them
// exactly one without a booking code. Serves the demo, and `npm run load` with a service already up.
// Bounded: it stops by itself, and speaks to the loopback interface only.
import { pathToFileURL } from 'node:url';
import { LOAD, WARM_UP } from './requests.mjs';

const CONCURRENCY = 12;
const DEADLINE_MS = 60_000;

/** What a process does once lies behind it after this. */
export function warmUp(base) {
  return send(base, WARM_UP);
}

/**
 * The load itself.
 * Resolves to { requests, ms, legs, inFlight }: `legs` is the row count that the big answer tells,
 * `inFlight` how many light requests were under way when it was sent.
 */
export function sendLoad(base) {
  return send(base, LOAD);
}

async function send(base, requests) {
  const { hostname } = new URL(base);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost' && hostname !== '[::1]') {
    throw new Error(`${base} is not on this machine: the load is meant for the example alone`);
  }
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const began = performance.now();
  let next = 0;
  let open = 0;
  let legs;
  let inFlight;
  async function worker() {
    while (next < requests.length) {
      const request = requests[next++];
      if (request.big) inFlight = open;
      open++;
      const response = await fetch(new URL(request.path, base), { signal });
      const body = await response.text();
      open--;
      if (!response.ok) throw new Error(`${request.path} answered ${response.status}: ${body.slice(0, 200)}`);
      if (request.big) legs = JSON.parse(body).legs;
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { requests: requests.length, ms: performance.now() - began, legs, inFlight };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const base = process.argv[2] ?? 'http://127.0.0.1:3000';
  await warmUp(base);
  const { requests, ms, legs } = await sendLoad(base);
  console.log(
    `${requests} requests in ${(ms / 1000).toFixed(1)} s; the one without a code read ${legs} rows`,
  );
}
