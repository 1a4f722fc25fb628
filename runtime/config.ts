// What the user has set, by the environment or by `configure`: the same words in both. A bad word in the
// environment is a warning, since a deployment must not die of it; in code it is an error.

import { isMainThread } from 'node:worker_threads';
import { parseDuration } from '../contract/duration';
import { MemprofError } from '../contract/errors';
import { parseSize, SIZE_FORMS } from '../contract/size';
import type { AlertOptions, Alerts } from './alerts/options';
import type { Fault } from './alerts/rules';
import { setContext } from './context';
import { warnOnce } from './warn';

/** Whatever has `info` and `warn` in pino's order of arguments: the fields, then the message. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export type LogLevel = 'all' | 'spikes' | 'off';

/** What `configure` takes; sizes are bytes or written ones ("10MB"). */
export interface Options {
  /** Which records are logged: every finished call (rate-limited) and spikes, spikes alone, or none. */
  log?: LogLevel | boolean;
  /** A call that costs at least this much is a spike. Default 50 MB. */
  spike?: number | string;
  /** Share of the process's time that memprof may take. Default "1%"; "100%" measures every call. */
  budget?: number | string;
  /** A folder for recordings (docs/recording.md), or off. Once a program is recorded, it stays so. */
  record?: string | false;
  /** Charge code outside the measured functions to the call in whose async context it runs. Default off. */
  context?: boolean | 'on' | 'off';
  /**
   * Find out which stacks make what nobody owns. To read a profile V8 collects the whole heap, so by default ("auto")
   * only where that is short: while less than 128 MB are in use.
   */
  stacks?: boolean | 'auto' | 'on' | 'off';
  /** What raises an alert (docs/alerts.md): "on", "heap>85%, spike", or an object that says where they go, too. Default off. */
  alerts?: string | string[] | boolean | AlertOptions;
  /**
   * Find out what is not let go, and who makes it (`stats().leaks`). On: what has grown for 20 seconds, and grows on; or
   * for how long, as "5min": a service fills its caches in its first minutes. Default off.
   */
  leaks?: boolean | string;
  /** A logger of your own, pino or alike; `null` for memprof's own again. */
  logger?: Logger | null;
  /** A folder for heap snapshots (docs/snapshots.md), which hold values of the program's data; or off, the default. */
  snapshot?: string | SnapshotOptions | false;
}

/** When heap snapshots are taken, and where they lie. */
export interface SnapshotOptions {
  folder: string;
  /** How many a process takes, but for `memprof snapshot --force`. Default 2. */
  most?: number;
  /** How long after one there is no other in that folder, ms. Default an hour. */
  cooldown?: number;
  /** What makes the process take one by itself. Default both. */
  on?: ('spike' | 'alert')[];
}

const DEFAULT_SPIKE = 50e6;
export const settings = {
  log: 'all' as LogLevel,
  spike: DEFAULT_SPIKE,
  budget: 0.01,
  context: false,
  stacks: 'auto' as boolean | 'auto',
  /** As `patience` reads it. */
  leaks: 0,
  record: undefined as string | undefined,
  alerts: undefined as Alerts | undefined,
  logger: null as Logger | null,
  snapshot: undefined as Required<SnapshotOptions> | undefined,
};

/** For how long something must have grown to be a leak, ms: as was set, or as an alert of leaks asks for; 0: none is looked for. */
export function patience(): number {
  const asks = settings.alerts?.rules.some(({ rule }) => rule === 'leak' || rule === 'slope');
  return settings.leaks || (asks ? PATIENCE : 0);
}

/** Told after `configure` has set something. */
const unheard = (): void => {};
export const changed = {
  budget: unheard,
  record: unheard,
  snapshot: unheard,
  alerts: unheard,
  leaks: unheard,
};

const LOG_WORDS: Record<string, LogLevel> = {
  all: 'all',
  spikes: 'spikes',
  off: 'off',
  on: 'all',
  true: 'all',
  1: 'all',
  false: 'off',
  0: 'off',
  no: 'off',
};
const PATIENCE = 20_000;
const LEAST_PATIENCE = 2_000;
const LOG_ALLOWED = 'all, spikes, off';

/** `read` tells what is wrong itself where that is a part of the value. */
const readers: Record<keyof Options, { allowed: string; read(value: unknown): boolean | Fault }> = {
  log: {
    allowed: LOG_ALLOWED,
    read(value) {
      const level =
        typeof value === 'string' || typeof value === 'boolean'
          ? LOG_WORDS[String(value).trim().toLowerCase()]
          : undefined;
      if (level) settings.log = level;
      return level !== undefined;
    },
  },
  spike: {
    allowed: SIZE_FORMS,
    read(value) {
      const bytes = parseSize(value);
      if (bytes !== undefined) settings.spike = bytes;
      return bytes !== undefined;
    },
  },
  budget: {
    allowed: 'a share of the time: "1%", 0.01, "100%"',
    read(value) {
      const share = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value) : null;
      const number = share ? Number(share[1]) / 100 : typeof value === 'number' ? value : Number.NaN;
      const good = number > 0 && number <= 1;
      if (good) settings.budget = number;
      return good;
    },
  },
  record: {
    allowed: 'a folder, or off',
    read(value) {
      if (isOff(value)) settings.record = undefined;
      else if (typeof value === 'string' && value.trim() !== '') settings.record = value;
      else return false;
      return true;
    },
  },
  context: {
    allowed: 'on, off',
    read(value) {
      if (isOn(value)) settings.context = true;
      else if (isOff(value)) settings.context = false;
      else return false;
      return true;
    },
  },
  stacks: {
    allowed: 'auto, on, off',
    read(value) {
      if (isOn(value)) settings.stacks = true;
      else if (isOff(value)) settings.stacks = false;
      else if (typeof value === 'string' && isWord(value, ['auto'])) settings.stacks = 'auto';
      else return false;
      return true;
    },
  },
  alerts: {
    allowed: 'rules, or an object with rules',
    read(value) {
      if (isOff(value) && settings.alerts === undefined) return true;
      // Loaded only where it is asked for.
      const { alertsFrom } = require('./alerts/options') as typeof import('./alerts/options');
      const alerts = alertsFrom(value, settings.alerts);
      if ('key' in alerts) return alerts;
      settings.alerts = alerts;
      return true;
    },
  },
  leaks: {
    allowed: 'on, off, or for how long something must have grown: "20s", "5min"',
    read(value) {
      const time = parseDuration(value) ?? 0;
      if (isOn(value)) settings.leaks = PATIENCE;
      else if (isOff(value)) settings.leaks = 0;
      else if (time >= LEAST_PATIENCE) settings.leaks = time;
      else return false;
      return true;
    },
  },
  logger: {
    allowed: 'an object with the functions info and warn (a pino logger), or null',
    read(value) {
      const logger = value as Logger | null;
      const good =
        logger === null ||
        (typeof logger === 'object' &&
          typeof logger.info === 'function' &&
          typeof logger.warn === 'function');
      if (good) settings.logger = logger;
      return good;
    },
  },
  snapshot: {
    allowed: 'a folder, { folder, most: 2, cooldown: 3600000, on: ["spike", "alert"] }, or off',
    read(value) {
      const options = isOff(value) ? undefined : snapshotOptions(value);
      if (options !== null) settings.snapshot = options;
      return options !== null;
    },
  },
};

const SNAPSHOTS = { most: 2, cooldown: 3_600_000, on: ['spike', 'alert'] as ('spike' | 'alert')[] };

function snapshotOptions(value: unknown): Required<SnapshotOptions> | null {
  const given = typeof value === 'string' ? { folder: value } : value;
  if (typeof given !== 'object' || given === null) return null;
  const { folder, most, cooldown, on, ...unknown } = { ...SNAPSHOTS, ...given } as Required<SnapshotOptions>;
  const good =
    typeof folder === 'string' &&
    folder.trim() !== '' &&
    Number.isInteger(most) &&
    most >= 0 &&
    Number.isFinite(cooldown) &&
    cooldown >= 0 &&
    Array.isArray(on) &&
    on.every((event) => SNAPSHOTS.on.includes(event)) &&
    Object.keys(unknown).length === 0;
  return good ? { folder, most, cooldown, on: [...on] } : null;
}

function isOn(value: unknown): boolean {
  return value === true || (typeof value === 'string' && isWord(value, ON));
}

function isOff(value: unknown): boolean {
  return value === false || (typeof value === 'string' && isWord(value, OFF));
}

/**
 * Sets options of the running program; what is not named stays.
 * @throws {MemprofError} MEMPROF_E_CONFIGURE for an unknown key or a bad value; nothing is changed then.
 */
export function configure(options: Options): void {
  if (typeof options !== 'object' || options === null) {
    throw new MemprofError('MEMPROF_E_CONFIGURE', { key: 'options', value: options, allowed: 'an object' });
  }
  const before = { ...settings };
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const reader = Object.hasOwn(readers, key) ? readers[key as keyof Options] : undefined;
    const read = reader?.read(value);
    if (read === true) continue;
    Object.assign(settings, before);
    throw new MemprofError('MEMPROF_E_CONFIGURE', {
      key,
      value,
      allowed: reader ? reader.allowed : `the keys ${Object.keys(readers).join(', ')}`,
      ...(typeof read === 'object' && read),
    });
  }
  setContext(settings.context);
  for (const key of Object.keys(changed) as (keyof typeof changed)[])
    if (settings[key] !== before[key]) changed[key]();
}

const OFF = ['', '0', 'false', 'off', 'no'];
const ON = ['1', 'true', 'on', 'yes'];

function isWord(value: string, words: string[]): boolean {
  return words.includes(value.trim().toLowerCase());
}

/** Whether the environment lets the runtime count. MEMPROF decides; where it is not set, the decorators' old switch. */
export function isWanted(env: NodeJS.ProcessEnv = process.env): boolean {
  const key = env.MEMPROF === undefined ? 'ENABLE_MEMORY_PROFILING_DECORATOR' : 'MEMPROF';
  const value = env[key];
  if (value === undefined) return true;
  if (isWord(value, OFF)) return false;
  if (!isWord(value, ON) && isMainThread) warnOnce('MEMPROF_W_SWITCH', { key, value });
  return true;
}

/** Takes MEMPROF_LOG, MEMPROF_SPIKE and the like; a bad one is ignored with a warning. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const key of ['log', 'spike', 'budget', 'record', 'context', 'stacks', 'leaks', 'snapshot'] as const) {
    const name = `MEMPROF_${key.toUpperCase()}`;
    const value = env[name];
    if (value === undefined || value.trim() === '') continue;
    if (!readers[key].read(value) && isMainThread) {
      warnOnce('MEMPROF_W_ENV', { key: name, value, allowed: readers[key].allowed });
    }
  }
  readAlerts(env);
  setContext(settings.context);
}

// Loaded only where they are asked for, by rules or by where they are to go.
function readAlerts(env: NodeJS.ProcessEnv): void {
  const rules = env.MEMPROF_ALERTS;
  const asks = [rules, env.MEMPROF_WEBHOOK, env.MEMPROF_ALERT_EXIT].some((text) => text && !isOff(text));
  if (!asks || (rules !== undefined && rules.trim() !== '' && isOff(rules))) return;
  const { alertsOf } = require('./alerts/options') as typeof import('./alerts/options');
  settings.alerts = alertsOf(env, (fault) => isMainThread && warnOnce('MEMPROF_W_ENV', { ...fault }));
}
