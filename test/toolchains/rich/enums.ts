// biome-ignore-all lint: how it is spelled is what is tested
export const enum Level {
  Low = 1,
  High = Low << 3,
  Name = 'name',
}
export enum Plain {
  A,
  B = 'b'.length,
}
const enum Inner {
  One = 1,
}
declare const enum Ambient {
  Far = 7,
}
export const used = [Level.High, Level.Name, Level['Low'], Plain.A, Inner.One, Ambient.Far];

/** @memprof */
export function tagged(level: Level): unknown {
  return [level, Level.High, Inner.One];
}

export function other(level: Level): boolean {
  return level === Level.Low;
}
