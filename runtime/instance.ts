// One account for one isolate, however many copies of this package are installed: the first that is
// loaded keeps it, the others hand on to it. Loading it starts nothing: counting begins with the
// first call of an instrumented function, where the environment allows it.

import { ABI, type AbiName } from '../contract/abi';
import './budget';
import './calls';
import './claims';
import './dropped';
import './probes';
import { changed, configure, isWanted, patience, readEnvironment, settings } from './config';
import { enter } from './emitted';
import { on } from './events';
import * as ledger from './ledger';
import { stats } from './stats';
import { track } from './track';
import { warnOnce } from './warn';

const emitted = { file: ledger.fileTable, enter } satisfies Record<AbiName, unknown>;

const api = {
  configure,
  enable: ledger.switchOn,
  disable: ledger.switchOff,
  reset: ledger.restart,
  stats,
  track,
  on,
};

export interface Instance {
  abi: number;
  emitted: typeof emitted;
  api: typeof api;
}

const KEY = Symbol.for('memprof');

function shared(): Instance {
  const known = (globalThis as Record<symbol, unknown>)[KEY] as Instance | undefined;
  if (known?.abi === ABI) return known;
  const own: Instance = { abi: ABI, emitted, api };
  if (known) {
    // Two meters would bill each other: this one stays off.
    warnOnce('MEMPROF_W_SECOND_COPY', { key: known.abi, value: ABI });
    return own;
  }
  readEnvironment();
  if (isWanted()) {
    ledger.arm();
    record();
    snapshot();
    alerts();
    leaks();
  }
  Object.assign(changed, { record, snapshot, alerts, leaks });
  Object.defineProperty(globalThis, KEY, { value: own, configurable: true });
  return own;
}

// Loaded only where it is asked for: a thread, and memory that is shared with it.
function record(): void {
  if (settings.record === undefined) return;
  const recorder = require('./recorder/recorder') as typeof import('./recorder/recorder');
  recorder.record(settings.record);
}

// The same: a timer that looks for requests. Loaded, it is told of a change, to off as well.
let snapshots: typeof import('./snapshots/snapshots') | undefined;
function snapshot(): void {
  if (settings.snapshot === undefined && snapshots === undefined) return;
  snapshots ??= require('./snapshots/snapshots') as typeof import('./snapshots/snapshots');
  snapshots.apply(settings.snapshot);
}

// The same: a timer, and whatever rules ask for.
let watches = false;
function alerts(): void {
  if (settings.alerts === undefined || !(watches || settings.alerts.rules.length > 0)) return;
  const { watchBy } = require('./alerts/alerts') as typeof import('./alerts/alerts');
  watchBy(settings.alerts);
  watches = true;
  leaks();
}

// The same: looks after collections. Alerts may ask for it, too.
let leaking: typeof import('./leaks/leaks') | undefined;
function leaks(): void {
  if (patience() === 0 && leaking === undefined) return;
  leaking ??= require('./leaks/leaks') as typeof import('./leaks/leaks');
  leaking.leaksChanged();
}

export const instance = shared();
