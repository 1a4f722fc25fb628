// Alerts while the program runs: one timer, which looks at what is there already, and the listener of spikes. Loaded only
// where alerts are asked for. Must never throw into the program nor keep it open, and what it allocates is memprof's own.

import * as v8 from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { BESIDES, now, spent } from '../clock';
import { account } from '../estimate';
import { type AlertRecord, emit, on } from '../events';
import { settle, settleOwn } from '../ledger';
import { logAlert } from '../log';
import { heapLimit, rssLimit, usedBy } from '../recorder/limits';
import { thrown, warnOnce } from '../warn';
import type { Alerts } from './options';
import { signals } from './signals';
import { type Seen, Watch } from './watch';
import type { Webhook } from './webhook';

const EVERY = 1000;
// What all processes of a control group take is asked for at each so many looks.
const EVERY_GROUP = 5;
// Test suites replace both; alerts go by the true ones.
const { setInterval, clearInterval } = globalThis;
const wall = Date.now;

let set: Alerts | undefined;
let watch: Watch | undefined;
let timer: NodeJS.Timeout | undefined;
let silent: (() => void) | undefined;
let seen: Seen | undefined;
let webhook: Webhook | undefined;
// Those before it, which may have something left to send.
const former = new Set<Webhook>();
let listens = false;
let wasRaised = false;

/** Watches by these settings from now on, instead of those before. */
export function watchBy(alerts: Alerts): void {
  silent?.();
  clearInterval(timer);
  silent = timer = watch = undefined;
  hook(alerts);
  set = alerts;
  // The resident size is the process's: one thread alerts of it.
  const rules = alerts.rules.filter(({ rule }) => isMainThread || rule !== 'rss');
  if (rules.length === 0) return;
  const own = new Watch({ ...alerts, rules }, (seen ??= figures()), { now, wall }, tell);
  watch = own;
  for (const { rule, why } of own.never()) warnOnce('MEMPROF_W_ALERT', { key: rule.rule, reason: why });
  if (rules.some(({ rule }) => rule === 'spike')) silent = on('spike', (spike) => own.spike(spike));
  if (own.looks) timer = setInterval(look, EVERY).unref();
  if (listens) return;
  listens = true;
  // Before the recorder's, which writes the last line by then.
  process.prependListener('exit', ended);
}

function hook({ webhook: to, rules }: Alerts): void {
  const wanted = rules.length > 0 ? to : undefined;
  if (wanted?.url === hookedTo?.url && wanted?.shape === hookedTo?.shape) return;
  if (webhook) {
    webhook.leave();
    former.add(webhook);
  }
  hookedTo = wanted;
  webhook = wanted && (require('./webhook') as typeof import('./webhook')).webhookTo(wanted);
}
let hookedTo: Alerts['webhook'];

function look(): void {
  settle();
  const since = now();
  try {
    watch?.look();
  } catch (error) {
    warnOnce('MEMPROF_W_LOGGER', { key: 'alerts', value: thrown(error) });
  }
  spent[BESIDES] += now() - since;
  settleOwn();
}

function tell(record: AlertRecord): void {
  if (record.state === 'raised') wasRaised = true;
  emit('alert', record);
  logAlert(record);
  webhook?.send(record);
}

function ended(code: number): void {
  try {
    watch?.last();
  } catch (error) {
    warnOnce('MEMPROF_W_LOGGER', { key: 'alerts', value: thrown(error) });
  }
  // Another status says more.
  if (isMainThread && wasRaised && set?.exitCode !== undefined && !code && set.rules.length > 0)
    process.exitCode = set.exitCode;
  for (const one of former) one.end();
  webhook?.end();
}

function figures(): Seen {
  const limit = rssLimit();
  let looks = 0;
  let group = 0;
  return {
    heapUsed: () => v8.getHeapStatistics().used_heap_size,
    heapLimit: heapLimit(v8.getHeapStatistics().heap_size_limit),
    rssUsed() {
      if (limit?.group && looks++ % EVERY_GROUP === 0) group = usedBy(limit.group);
      return Math.max(process.memoryUsage.rss(), group);
    },
    rssLimit: limit,
    growth: () => signals.growth(),
    suspects: () => signals.suspects(),
    account() {
      const { allocated, unowned, claimed } = account();
      return { allocated, nobodys: unowned - claimed };
    },
  };
}
