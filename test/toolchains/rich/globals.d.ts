// biome-ignore-all lint: declares what the language has
// Instead of the language's library, which would be read for each of many programs.
interface Array<T> {
  length: number;
  [index: number]: T;
}
type Boolean = {};
type CallableFunction = {};
type Function = {};
type IArguments = {};
type NewableFunction = {};
type Number = {};
type Object = {};
type RegExp = {};
type String = {};
interface Promise<T> {
  value: T;
}
declare class Map<K, V> {
  get(key: K): V | undefined;
}
declare var Promise: { new <T>(): Promise<T> };
declare var Symbol: { iterator: symbol; asyncIterator: symbol };
