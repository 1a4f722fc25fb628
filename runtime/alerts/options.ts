// What is set of alerts: rules, times, where they go. Serves config.ts, for `configure` and for the environment. Must
// never put a webhook's URL into a message: whoever has it can write into somebody's channel.

import { DURATION_FORMS, parseDuration } from '../../contract/duration';
import { defaultRules, type Fault, type Rule, rulesFrom } from './rules';

export type Shape = 'json' | 'slack';

/** What `configure` takes of alerts. */
export interface AlertOptions {
  /** "heap>85%, spike", the same as a list, "on" or "off". */
  rules?: string | string[] | boolean;
  /** How long a level must be passed, and be clearly below again: ms, or "10s". */
  hold?: number | string;
  /** The same rule, about the same function, is not raised again within: ms, or "5min". */
  holdOff?: number | string;
  /** Where alerts are sent by POST; "slack" is taken for Slack's own host. `false`: nowhere. */
  webhook?: string | { url: string; shape?: Shape } | false | null;
  /** What the process exits with, 1 to 255, where an alert was raised and it would have been 0. `false`: as it is. */
  exitCode?: number | false | null;
}

/** The same, read: times in ms. Nothing is watched while there are no rules. */
export interface Alerts {
  readonly rules: readonly Rule[];
  readonly hold: number;
  readonly holdOff: number;
  readonly webhook: { readonly url: string; readonly shape: Shape } | undefined;
  readonly exitCode: number | undefined;
}

export const HOLD = 10_000;
export const HOLD_OFF = 300_000;

const NONE: Alerts = { rules: [], hold: HOLD, holdOff: HOLD_OFF, webhook: undefined, exitCode: undefined };
const KEYS = ['rules', 'hold', 'holdOff', 'webhook', 'exitCode'];
const URL_FORMS =
  'a URL that begins with https:// or http:// (it is not shown here), with a shape: json, slack';
const CODE_FORMS = 'a number from 1 to 255, or off';
const OFF = ['0', 'false', 'off', 'no'];

type Set = { -readonly [K in keyof Alerts]?: Alerts[K] };

/** What is set by `given`, the rest as it was `before`. Where nothing says which rules, they are the default ones. */
export function alertsFrom(given: unknown, before: Alerts | undefined): Alerts | Fault {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const rules = rulesFrom(given);
    return 'key' in rules ? rules : { ...(before ?? NONE), rules };
  }
  const set: Set = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const fault = read(set, key, value);
    if (fault) return fault;
  }
  return { ...(before ?? { ...NONE, rules: defaultRules() }), ...set };
}

// Reads one option into `set`.
function read(set: Set, key: string, value: unknown): Fault | undefined {
  const fault = (allowed: string, shown: unknown = value) => ({
    key: `alerts.${key}`,
    value: shown,
    allowed,
  });
  switch (key) {
    case 'rules': {
      const rules = rulesFrom(value);
      if ('key' in rules) return { ...rules, key: 'alerts.rules' };
      set.rules = rules;
      return undefined;
    }
    case 'hold':
    case 'holdOff': {
      const time = parseDuration(value);
      if (time === undefined) return fault(DURATION_FORMS);
      set[key] = time;
      return undefined;
    }
    case 'webhook': {
      const webhook = webhookFrom(value);
      if (webhook === undefined) return fault(URL_FORMS, typeof value);
      set.webhook = webhook === 'none' ? undefined : webhook;
      return undefined;
    }
    case 'exitCode':
      if (value === false || value === null || value === 0) set.exitCode = undefined;
      else if (Number.isInteger(value) && (value as number) > 0 && (value as number) < 256)
        set.exitCode = value as number;
      else return fault(CODE_FORMS);
      return undefined;
    default:
      return fault(`the keys ${KEYS.join(', ')}`);
  }
}

function webhookFrom(value: unknown): Alerts['webhook'] | 'none' {
  if (value === false || value === null) return 'none';
  if (typeof value === 'string')
    return OFF.includes(value.trim().toLowerCase()) ? 'none' : hook(value, undefined);
  if (typeof value !== 'object') return undefined;
  const { url, shape } = value as { url?: unknown; shape?: unknown };
  if (typeof url !== 'string' || (shape !== undefined && shape !== 'json' && shape !== 'slack'))
    return undefined;
  return hook(url, shape);
}

function hook(text: string, shape: Shape | undefined): Alerts['webhook'] {
  if (!URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return {
    url: url.href,
    shape: shape ?? (/^hooks\.slack(-gov)?\.com$/.test(url.hostname) ? 'slack' : 'json'),
  };
}

// Words of the environment, the option that each sets, and how its text is one of code.
const VARIABLES: [name: string, key: string, value: (text: string) => unknown][] = [
  ['MEMPROF_ALERTS', 'rules', (text) => text],
  ['MEMPROF_ALERT_HOLD', 'hold', (text) => text],
  ['MEMPROF_ALERT_HOLD_OFF', 'holdOff', (text) => text],
  ['MEMPROF_WEBHOOK', 'webhook', (text) => text],
  ['MEMPROF_ALERT_EXIT', 'exitCode', (text) => (isOff(text) ? false : Number(text))],
];

function isOff(text: string): boolean {
  return OFF.includes(text.trim().toLowerCase());
}

/** What the environment sets; a bad word is told and left out. Where to alert asks for the default rules, too. */
export function alertsOf(env: NodeJS.ProcessEnv, tell: (fault: Fault) => void): Alerts {
  const set: Set = {};
  for (const [name, key, value] of VARIABLES) {
    const text = env[name];
    if (text === undefined || text.trim() === '') continue;
    const fault = read(set, key, value(text));
    if (fault) tell({ ...fault, key: name, value: key === 'exitCode' ? text : fault.value });
  }
  const asks = set.webhook !== undefined || set.exitCode !== undefined;
  return { ...NONE, rules: asks ? defaultRules() : [], ...set };
}
