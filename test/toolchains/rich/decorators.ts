// biome-ignore-all lint: how it is spelled is what is tested
import { Level, Plain } from './enums';
import type { OnlyType } from './types';
import { Base, type Shape } from './types';

declare function made(...args: unknown[]): any;

export interface Local {
  a: number;
}

@made()
export class Service<T> {
  @made('field') name = 'x';
  @made() readonly level: Level = Level.High;
  @made() shape?: Shape;
  @made() only?: OnlyType;
  @made() list: Map<string, Base> | undefined;
  @made() static count: number = 0;

  constructor(
    private readonly base: Base,
    public plain: Plain,
    protected values: T[],
    readonly local: Local | null,
  ) {}

  /** @memprof */
  @made({ path: '/' })
  tagged(base: Base, count: number, more?: string[]): Base {
    const all = [base, count, more];
    return all.length ? base : this.base;
  }

  @made()
  async load(id: number, shape: Shape): Promise<Base> {
    await this.values;
    return this.base;
  }

  @made()
  get size(): number {
    return this.values.length;
  }
  set size(value: number) {
    this.values.length = value;
  }
}

@made()
export default class extends Base {
  @made() private own = 1;
}
