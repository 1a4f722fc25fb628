// biome-ignore-all lint: how it is spelled is what is tested
import type { Level } from './enums';
import * as enums from './enums';
import { other, type Plain, Plain as PlainValue } from './enums';
import * as unused from './fields';
import { Point } from './fields';
import './fields';

export type { Local } from './decorators';
export * from './enums';
export * as everything from './fields';
export { type Point as PointType, Wide } from './fields';

export interface Shape {
  level: Level;
}
export type OnlyType = Shape & { plain: Plain };

export abstract class Base {
  abstract shape: Shape;
  over(a: string): string;
  over(a: number): number;
  over(a: any): any {
    return a satisfies unknown;
  }
}

export namespace Space {
  export const inside = PlainValue.A;
  export namespace Deep {
    export let value = inside as unknown as Point;
  }
}

declare module './enums' {
  interface Added {}
}

/** @memprof */
export function tagged<T extends Shape>(this: Base, shape: T, ...rest: Level[]): T {
  return [shape, rest][0] as T;
}

export const asserted = <T>(value: T) => value! as const;
export const call = other(enums.Level.High);
export declare const nothing: typeof unused;
