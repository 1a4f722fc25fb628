// Where a piece of a generated program stands: what is legal there and which names mean something. Serves
// the printer. It must never let a name be declared where the language forbids it.

export type Kind = 'sync' | 'async' | 'generator' | 'asyncGenerator';

export interface Callable {
  /** The callee's text. */
  text: string;
  kind: Kind;
}

/** Names of one block, or of one function's body. */
export interface Block {
  parent?: Block;
  /** A function's or a static block's own: function declarations are like `var` there. */
  body: boolean;
  /** Statements of a switch clause: the language allows no `using` there. */
  clause?: boolean;
  /** It has an `await using` already. */
  disposes?: boolean;
  lexical: Set<string>;
  /** Names of `var` declarations in it, which hoist out of it. */
  through: Set<string>;
}

export interface Place {
  ids: { n: number };
  /** Whether this program has `using` declarations. */
  using: boolean;
  kind: Kind;
  /** `await` and `yield` are expressions here. */
  suspends: boolean;
  strict: boolean;
  /** `arguments`, `super.x`, `new.target` and `return` are legal. */
  args: boolean;
  superOf: boolean;
  target: boolean;
  returns: boolean;
  /** Parameters that `arguments` follows. */
  mapped: string[];
  names: string[];
  mutable: string[];
  calls: Callable[];
  classes: string[];
  privates: { name: string; kind: 'field' | 'method' | 'accessor' }[];
  /** Every break and continue that is legal here, as text. */
  jumps: string[];
  block: Block;
}

export const newBlock = (parent?: Block, more: Partial<Block> = {}): Block => ({
  parent,
  body: false,
  lexical: new Set(),
  through: new Set(),
  ...more,
});

/** Choices made of one number; all of 0 are the first ones. */
export class Dice {
  private state: number;

  constructor(n: number) {
    this.state = n >>> 0;
  }

  pick<T>(list: readonly T[]): T {
    if (this.state === 0) return list[0];
    // A linear congruential step whose high bits are used; 0 must stay 0 and nothing else become it.
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0 || 1;
    return list[Math.floor((this.state / 2 ** 32) * list.length)];
  }

  /** True once in `n` throws. */
  one(n: number): boolean {
    if (this.state === 0) return false;
    return this.pick(Array.from({ length: n }, (_, i) => i)) === n - 1;
  }
}

export const POOL = ['a', 'b', 'c', 'd'];
const LEXICAL = ['p', 'q', 'r'];

export const fresh = (place: Place, prefix: string): string => `${prefix}${++place.ids.n}`;

export const isAsync = (place: Place): boolean =>
  place.suspends && (place.kind === 'async' || place.kind === 'asyncGenerator');
export const isGenerator = (place: Place): boolean =>
  place.suspends && (place.kind === 'generator' || place.kind === 'asyncGenerator');

/** A place within a block of its own. */
export const within = (place: Place, more: Partial<Block> = {}): Place => ({
  ...place,
  names: [...place.names],
  mutable: [...place.mutable],
  calls: [...place.calls],
  classes: [...place.classes],
  block: newBlock(place.block, more),
});

function declarable(block: Block, name: string): boolean {
  for (let one: Block | undefined = block; one; one = one.body ? undefined : one.parent) {
    if (one.lexical.has(name)) return false;
  }
  return true;
}

/** Declares a `var`; mostly of a small pool, so that it meets parameters, functions and others. */
export function varName(place: Place, dice: Dice): string {
  const wanted = dice.pick(POOL);
  const name = declarable(place.block, wanted) ? wanted : fresh(place, 'v');
  for (let one: Block | undefined = place.block; one; one = one.body ? undefined : one.parent) {
    one.through.add(name);
  }
  return known(place, name, true);
}

/** Declares `let`, `const` or a class. */
export function lexicalName(place: Place, dice: Dice, mutable: boolean): string {
  const { block } = place;
  const wanted = dice.one(3) ? dice.pick(LEXICAL) : fresh(place, 'l');
  const name = block.lexical.has(wanted) || block.through.has(wanted) ? fresh(place, 'l') : wanted;
  block.lexical.add(name);
  return known(place, name, mutable);
}

/** Declares a function by a declaration. */
export function functionName(place: Place, dice: Dice): string {
  const { block } = place;
  const wanted = dice.pick(['', 'pool', 'pool']) ? dice.pick(POOL) : fresh(place, 'g');
  if (block.body) return known(place, block.lexical.has(wanted) ? fresh(place, 'g') : wanted, false);
  const clash = block.lexical.has(wanted) || block.through.has(wanted);
  const name = clash ? fresh(place, 'g') : wanted;
  block.lexical.add(name);
  return known(place, name, false);
}

/** Parameters: unlike each other. */
export function paramName(place: Place, taken: Set<string>, dice: Dice): string {
  const free = POOL.filter((name) => !taken.has(name));
  const name = free.length ? dice.pick(free.slice(0, 2)) : fresh(place, 'v');
  taken.add(name);
  return known(place, name, true);
}

export function known(place: Place, name: string, mutable: boolean): string {
  if (!place.names.includes(name)) place.names.push(name);
  if (mutable && !place.mutable.includes(name)) place.mutable.push(name);
  return name;
}
