// Which rules are raised, and when do they recover? Looks at all levels when it is told to, and hears of spikes. Must know no
// timer and no clock of its own, and tell each change once.

import { formatSize } from '../../contract/size';
import type { AlertRecord, SpikeRecord } from '../events';
import { figureText, type Gauge, gaugeOf, type Sources } from './gauges';
import { Level, Rest } from './level';
import type { LevelRule, Rule } from './rules';
import type { Suspected } from './signals';

export interface Times {
  /** ms, of a clock that never goes back. */
  now(): number;
  /** ms since 1970. */
  wall(): number;
}

export interface Watched {
  rules: readonly Rule[];
  hold: number;
  holdOff: number;
}

/** What can be seen, levels and suspects. */
export interface Seen extends Sources {
  suspects(): readonly Suspected[];
}

export class Watch {
  private readonly levels: { rule: LevelRule; gauge: Gauge; level: Level; hold: number }[] = [];
  private spikes: Rest | undefined;
  private leaks: Rest | undefined;

  constructor(
    { rules, hold, holdOff }: Watched,
    private readonly seen: Seen,
    private readonly times: Times,
    private readonly tell: (record: AlertRecord) => void,
  ) {
    for (const rule of rules) {
      if (!('threshold' in rule)) this[rule.rule === 'spike' ? 'spikes' : 'leaks'] = new Rest(holdOff);
      else {
        const own = rule.hold ?? hold;
        const level = new Level(rule.threshold, own, holdOff);
        this.levels.push({ rule, gauge: gaugeOf(rule, seen), level, hold: own });
      }
    }
  }

  /** Whether anything is to be looked at now and then. */
  get looks(): boolean {
    return this.levels.length > 0 || this.leaks !== undefined;
  }

  /** The rules that somebody has named and that can never be raised here, and why. */
  never(): { rule: LevelRule; why: string }[] {
    return this.levels.flatMap(({ rule, gauge }) =>
      gauge.never && !rule.isDefault ? [{ rule, why: gauge.never }] : [],
    );
  }

  /** Once a second. */
  look(): void {
    const now = this.times.now();
    for (const { rule, gauge, level, hold } of this.levels) {
      const value = gauge.value();
      const state = level.see(value, now);
      if (state !== undefined) this.level(rule, state, value, gauge, hold);
    }
    this.last();
  }

  /** What needs no time to be certain: once more at the end of the process. */
  last(): void {
    if (this.leaks === undefined) return;
    const now = this.times.now();
    for (const suspect of this.seen.suspects()) {
      if (this.leaks.allows(keyOf(suspect), now)) this.leak(suspect);
    }
  }

  spike(spike: SpikeRecord): void {
    if (!this.spikes?.allows(keyOf(spike), this.times.now())) return;
    const { name, file, line, total, awaited, external, threshold } = spike;
    const value = total + awaited + external;
    const about = awaited > 0 ? '~' : '';
    this.tell({
      rule: 'spike',
      state: 'raised',
      at: this.times.wall(),
      value,
      threshold,
      unit: 'bytes',
      function: { name, file, line },
      message: `spike: a call of ${name} allocated ${about}${formatSize(value)}, over ${formatSize(threshold)}  ${file}:${line}`,
    });
  }

  private level(rule: LevelRule, state: AlertRecord['state'], value: number, gauge: Gauge, hold: number) {
    const { threshold, unit } = rule;
    const since = hold > 0 ? ` for ${Number((hold / 1000).toFixed(1))} s` : '';
    const beyond =
      state === 'raised'
        ? `over ${figureText(threshold, unit)}`
        : `clearly below ${figureText(threshold, unit)}`;
    this.tell({
      rule: rule.rule,
      state,
      at: this.times.wall(),
      value,
      threshold,
      unit,
      ...(gauge.confidence && { confidence: gauge.confidence() }),
      message: `${rule.rule}${state === 'recovered' ? ' recovered' : ''}: ${gauge.text()}, ${beyond}${since}`,
    });
  }

  private leak({ name, file, line, bytes, growth, survivors, confidence, keptBy }: Suspected): void {
    this.tell({
      rule: 'leak',
      state: 'raised',
      at: this.times.wall(),
      value: bytes,
      threshold: 0,
      unit: 'bytes',
      function: { name, file, line },
      confidence,
      ...(keptBy !== null && { keptBy: { name: keptBy.name, file: keptBy.file, line: keptBy.line } }),
      message: `leak: ${name} is a suspect: ~${formatSize(bytes)} of what it made stay, ${survivors > 0 ? `${survivors} survivors, ` : ''}~${formatSize(growth)} a minute more${keptBy === null ? '' : `, kept by ${keptBy.name}`}  ${file}:${line}`,
    });
  }
}

function keyOf({ name, file, line }: { name: string; file: string; line: number }): string {
  return `${file}\0${line}\0${name}`;
}
