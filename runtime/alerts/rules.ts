// What is an alert rule, as a user writes it? "heap>85%, rss>1GB, slope>1MB/min, spike". Serves `configure` and the
// environment, which share this one parser. Reads text, and must throw at none.

import { parseDuration } from '../../contract/duration';
import { parseSize } from '../../contract/size';

export type RuleName = 'heap' | 'rss' | 'slope' | 'unowned' | 'spike' | 'leak';
export type Unit = 'bytes' | 'share' | 'bytes/min';

/** A level that something must pass; a share from 0 to 1. `hold`: ms, where the rule has its own; `isDefault`: nobody named it. */
export interface LevelRule {
  rule: 'heap' | 'rss' | 'slope' | 'unowned';
  threshold: number;
  unit: Unit;
  hold?: number;
  isDefault?: boolean;
}

/** Something that happens. */
export interface EventRule {
  rule: 'spike' | 'leak';
}

export type Rule = LevelRule | EventRule;

/** A value that cannot be taken: where it stands, the value itself, and what is allowed. */
export interface Fault {
  key: string;
  value: unknown;
  allowed: string;
}

export const RULE_FORMS =
  'on, off, or a list of heap>85% (or a size), rss>90% (or a size), slope>1MB/min, unowned>50%, spike, leak; a level may end with "for 30s"';

/** What `on` stands for. What nobody owns is not among them: in a program that measures little it is nearly all. */
export const DEFAULT_RULES = 'heap>85%, rss>90%, slope>1MB/min, spike, leak';

const OFF = ['', '0', 'false', 'off', 'no', 'none'];
const ON = ['1', 'true', 'on', 'yes'];
const UNITS: Record<LevelRule['rule'], readonly Unit[]> = {
  heap: ['share', 'bytes'],
  rss: ['share', 'bytes'],
  slope: ['bytes/min'],
  unowned: ['share'],
};
const MINUTES: Record<string, number> = {
  s: 60,
  sec: 60,
  second: 60,
  m: 1,
  min: 1,
  minute: 1,
  h: 1 / 60,
  hour: 1 / 60,
};

/** The rules of a text or of a list of them, each once; a fault names the first that is none. */
export function rulesFrom(given: unknown): Rule[] | Fault {
  if (given === false || given === true) return rulesFrom(given ? 'on' : 'off');
  const texts = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(texts)) return faultOf(given);
  const rules = new Map<string, Rule>();
  for (const text of texts) {
    if (typeof text !== 'string') return faultOf(text);
    const word = text.trim().toLowerCase();
    // Alone they stand for the list; a comma too many is nobody's mistake.
    if (ON.includes(word) && texts.length === 1) return defaultRules();
    if ((OFF.includes(word) && texts.length === 1) || word === '') continue;
    const rule = ruleFrom(word);
    if (rule === undefined) return faultOf(text.trim());
    rules.set(JSON.stringify(rule), rule);
  }
  return [...rules.values()];
}

export function defaultRules(): Rule[] {
  const rules = rulesFrom(DEFAULT_RULES) as Rule[];
  return rules.map((rule) => ('threshold' in rule ? { ...rule, isDefault: true } : rule));
}

function faultOf(value: unknown): Fault {
  return { key: 'alerts', value, allowed: RULE_FORMS };
}

function ruleFrom(word: string): Rule | undefined {
  if (word === 'spike' || word === 'leak') return { rule: word };
  const [, name, amount, time] = /^(\w+)\s*>=?\s*(.*?)(?:\s+for\s+(.*))?$/.exec(word) ?? [];
  if (name === undefined || !Object.hasOwn(UNITS, name)) return undefined;
  const rule = name as LevelRule['rule'];
  const level = levelFrom(amount);
  if (level === undefined || !UNITS[rule].includes(level.unit)) return undefined;
  // V8's limit and the control group's cannot be passed by more than all of them.
  if (!(level.threshold > 0) || (level.unit === 'share' && level.threshold >= 1)) return undefined;
  if (time === undefined) return { rule, ...level };
  const hold = parseDuration(time);
  return hold === undefined ? undefined : { rule, ...level, hold };
}

function levelFrom(text: string): { threshold: number; unit: Unit } | undefined {
  const share = /^(\d+(?:\.\d+)?|\.\d+)\s*%$/.exec(text);
  if (share) return { threshold: Number(share[1]) / 100, unit: 'share' };
  const [, size, per] = /^([^/]*?)\s*\/\s*(\w+)$/.exec(text) ?? [text, text];
  const bytes = parseSize(size);
  if (bytes === undefined || !Number.isFinite(bytes)) return undefined;
  if (per === undefined) return { threshold: bytes, unit: 'bytes' };
  return Object.hasOwn(MINUTES, per) ? { threshold: bytes * MINUTES[per], unit: 'bytes/min' } : undefined;
}
