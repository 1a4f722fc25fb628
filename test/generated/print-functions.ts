// The text of generated functions, classes and objects in their place, and of whole programs with the calls
// that drive them. Serves the test. Each body begins with `at(n)`, by which a run counts its calls.

import {
  type Callable,
  Dice,
  fresh,
  isAsync,
  isGenerator,
  type Kind,
  known,
  newBlock,
  type Place,
  paramName,
} from './place';
import { args, atom, bare } from './print-expressions';
import { printStatements, withoutSemicolons } from './print-statements';
import type { Node } from './tree';

const KINDS: readonly Kind[] = ['sync', 'async', 'generator', 'asyncGenerator', 'sync', 'async'];

/** How a function runs: its node says so, wherever it stands. */
export const functionKind = (fn: Node): Kind => new Dice(fn.n).pick(KINDS);

const STAR = (kind: Kind) => (kind === 'generator' || kind === 'asyncGenerator' ? '*' : '');
const ASYNC = (kind: Kind) => (kind === 'async' || kind === 'asyncGenerator' ? 'async ' : '');

interface Form {
  kind: Kind;
  arrow?: boolean;
  /** Of a member: it has `super`. */
  superOf?: boolean;
  strict?: boolean;
  /** A derived constructor. */
  derived?: boolean;
  setter?: boolean;
  getter?: boolean;
  ownName?: string;
}

export interface Printed {
  text: string;
  kind: Kind;
}

export function printFunction(fn: Node, place: Place, as: 'declaration' | 'expression', name = ''): Printed {
  const kind = functionKind(fn);
  const dice = new Dice(fn.n ^ 0x55555555);
  if (fn.n !== 0 && as === 'expression' && !STAR(kind) && dice.pick([true, true, false])) {
    const { params, rest } = signature(fn, place, { kind, arrow: true });
    const [head, body] = rest(dice.one(2));
    return { text: `${ASYNC(kind)}(${params}) => ${head}${body}`, kind };
  }
  const own = name || (dice.one(2) ? fresh(place, 'f') : '');
  const { params, rest } = signature(fn, place, { kind, ownName: own });
  const [head, body] = rest(false);
  return { text: `${ASYNC(kind)}function${STAR(kind)} ${own}(${params}) ${head}${body}`, kind };
}

/** Callables that a unit made; they know earlier ones only. */
const UNIT = /^(u|solo|o|i|K)\d/;

// Parameters first, since the body's text depends on their names. `rest(true)` is an expression's body.
function signature(fn: Node, outer: Place, form: Form) {
  const [paramList, statements, result] = fn.e;
  const dice = new Dice(fn.n ^ 0x33333333);
  const taken = new Set<string>();
  let nodes = paramList.e.filter((p, n) => p.k !== 'paramRest' || n === paramList.e.length - 1);
  if (form.getter) nodes = [];
  if (form.setter)
    nodes = [...nodes.filter((p) => p.k !== 'paramRest'), { k: 'param', n: 0, e: [] }].slice(0, 1);
  const simple = nodes.every((p) => p.k === 'param');
  const directive = simple && dice.one(8);
  const place: Place = {
    ...outer,
    kind: form.kind,
    suspends: false,
    strict: outer.strict || form.strict === true || directive,
    args: form.arrow ? outer.args : true,
    superOf: form.arrow ? outer.superOf : form.superOf === true,
    target: form.arrow ? outer.target : true,
    returns: true,
    mapped: [],
    names: [...outer.names],
    mutable: [...outer.mutable],
    calls: [...outer.calls],
    classes: [...outer.classes],
    jumps: [],
    block: newBlock(undefined, { body: true }),
  };
  // Recursion ends by the run's fuel, which bodies burn: a default calls what stands before it only.
  const before = { ...place, calls: outer.calls.filter((one) => UNIT.test(one.text)), classes: [] };
  const params = nodes.map((p) => printParam(p, before, taken)).join(', ');
  if (form.ownName && !form.ownName.startsWith('solo'))
    place.calls.push({ text: form.ownName, kind: form.kind });
  if (simple && !place.strict && !form.arrow && nodes.length) place.mapped = [...taken].slice(0, 1);
  const inner: Place = { ...place, suspends: form.kind !== 'sync' };
  const at = `at(${++outer.ids.n})`;
  const rest = (expression: boolean): [string, string] => {
    if (expression) {
      return ['', dice.one(2) ? `(${at}, ${bare(result, inner)})` : `[${at}, ${bare(result, inner)}][1]`];
    }
    const head = `{\n${directive ? `"use strict"${dice.pick([';', '\n', '; '])}` : dice.one(12) ? '"no directive of ours";' : ''}${at};\n`;
    const made = form.derived
      ? derivedBody(statements.e, inner, result, dice)
      : printStatements(statements.e, inner);
    const end = dice.one(2) ? `\nreturn ${bare(result, inner)};` : '';
    return [head, `${made}${form.derived ? '' : end}\n}`];
  };
  return { params, rest };
}

// class K extends B { constructor() { ... super() ... } }: the call is early or late, direct or not, or absent
function derivedBody(nodes: Node[], place: Place, result: Node, dice: Dice): string {
  const at = `at(${++place.ids.n})`;
  const call = dice.pick([
    `super(${bare(result, place)});`,
    `super(${bare(result, place)});`,
    `(() => (${at}, super()))();`,
    `try { super(); } finally { log("made"); }`,
    `if (flip(${place.ids.n})) super(1); else super(2);`,
    `log(super());`,
    `try { super(); super(); } catch (e0) { log(e0); }`,
    ``,
  ]);
  const first = dice.one(3) ? 1 : 0;
  const before = printStatements(nodes.slice(0, first), place);
  return `${before};\n${call}\n${printStatements(nodes.slice(first), place)}`;
}

function printParam(node: Node, place: Place, taken: Set<string>): string {
  const dice = new Dice(node.n);
  const before = { ...place, names: [...place.names] };
  const value = (n: number) => bare(node.e[n], before);
  const name = () => paramName(place, taken, dice);
  switch (node.k) {
    case 'paramDefault': {
      const text = value(0);
      return `${name()} = ${text}`;
    }
    case 'paramArray': {
      const text = value(0);
      return `[${name()} = ${text}, ${dice.pick(['', '...'])}${name()}] = [undefined, 2]`;
    }
    case 'paramObject': {
      const [first, second] = [value(0), value(1)];
      return `{ x: ${name()} = ${first}, [key(${second})]: ${name()} } = { y: 2 }`;
    }
    case 'paramRest':
      return `...${name()}`;
    default:
      return name();
  }
}

/** A member of an object literal. */
export function printProperty(
  node: Node,
  place: Place,
  first = true,
): Callable & { text: string; name: string; how: string } {
  const [x, fn] = node.e;
  const dice = new Dice(node.n);
  const name = fresh(place, 'm');
  const how = dice.pick(['value', 'method', 'method', 'get', 'set', 'computed', 'proto']);
  const kind = functionKind(fn);
  if (how === 'value') return { text: `${name}: ${bare(x, place)}`, kind: 'sync', name, how };
  if (how === 'proto' && first) {
    const { params, rest } = signature(fn, place, { kind: 'sync', superOf: true });
    return {
      text: `__proto__: { m0(${params}) ${rest(false).join('')}, x: 1 }`,
      kind: 'sync',
      name: 'm0',
      how: 'method',
    };
  }
  return member(fn, x, place, { how, name, kind, strict: place.strict });
}

function member(
  fn: Node,
  key: Node,
  place: Place,
  { how, name, kind, strict }: { how: string; name: string; kind: Kind; strict: boolean },
): Callable & { text: string; name: string; how: string } {
  const accessor = how === 'get' || how === 'set';
  const is: Kind = accessor ? 'sync' : kind;
  const spelled = how === 'computed' ? `[key(${bare(key, place)}, "${name}")]` : name;
  const form = { kind: is, superOf: true, getter: how === 'get', setter: how === 'set', strict };
  const { params, rest } = signature(fn, place, form);
  const before = accessor ? `${how} ` : `${ASYNC(is)}${STAR(is)}`;
  return {
    text: `${before}${spelled}(${params}) ${rest(false).join('')}`,
    kind: is,
    name,
    how: accessor ? how : 'method',
  };
}

interface Member {
  name: string;
  kind: Kind;
  how: string;
  isStatic: boolean;
}

/** A class; declares its name in `place` where it has one. `members` are what a driver can call. */
export function printClass(node: Node, place: Place, name: string): { text: string; members: Member[] } {
  const [base, list] = node.e;
  const dice = new Dice(node.n);
  const derived = dice.pick([false, true, true]);
  const parent = !derived ? '' : ` extends ${heritage(base, { ...place, strict: true }, dice)}`;
  const inside: Place = {
    ...place,
    strict: true,
    privates: [...place.privates],
    names: [...place.names],
    classes: [...place.classes],
  };
  const plans = list.e.map((one) => {
    const own = new Dice(one.n);
    const how = own.pick(['method', 'method', 'constructor', 'get', 'set', 'field', 'block', 'computed']);
    const isPrivate = own.one(3) && how !== 'constructor' && how !== 'block' && how !== 'computed';
    const isStatic = how === 'block' || (how !== 'constructor' && own.one(4));
    const id = fresh(place, isPrivate ? '#p' : 'm');
    return { one, how, isPrivate, isStatic, name: id };
  });
  for (const { how, isPrivate, name: id } of plans) {
    const kind = how === 'field' ? 'field' : how === 'method' ? 'method' : 'accessor';
    if (isPrivate) inside.privates.push({ name: id, kind });
  }
  if (name) known(inside, name, false);
  const members: Member[] = [];
  let built = false;
  const texts = plans.map(({ one, how, isPrivate, isStatic, name: id }) => {
    const [fn, x] = one.e;
    const word = isStatic ? 'static ' : '';
    const noArgs: Place = {
      ...inside,
      kind: 'sync',
      suspends: false,
      args: false,
      superOf: true,
      target: true,
      returns: false,
      mapped: [],
      jumps: [],
    };
    if (how === 'block') {
      const block = {
        ...noArgs,
        names: [...noArgs.names],
        mutable: [...noArgs.mutable],
        calls: [...noArgs.calls],
        block: newBlock(undefined, { body: true }),
      };
      return `static {\n${printStatements(fn.e[1].e, block)}\n}`;
    }
    if (how === 'field') return `${word}${id}${new Dice(one.n).one(9) ? '' : ` = ${bare(x, noArgs)}`};`;
    if (how === 'constructor') {
      if (built) return '';
      built = true;
      const { params, rest } = signature(fn, inside, { kind: 'sync', superOf: true, derived, strict: true });
      return `constructor(${params}) ${rest(false).join('')}`;
    }
    const made = member(fn, x, inside, { how, name: id, kind: functionKind(fn), strict: true });
    if (!isPrivate) members.push({ name: id, kind: made.kind, how: made.how, isStatic });
    return `${word}${made.text}`;
  });
  if (name) {
    known(place, name, false);
    place.classes.push(name);
  }
  return { text: `class ${name}${parent} {\n${texts.filter(Boolean).join('\n')}\n}`, members };
}

function heritage(base: Node, place: Place, dice: Dice): string {
  const named = place.classes.length && dice.one(2) ? dice.pick(place.classes) : 'Base';
  if (isAsync(place) && dice.one(2)) return `(await ${named})`;
  if (isGenerator(place) && dice.one(3)) return `((yield 5), ${named})`;
  return dice.one(3) ? `(${bare(base, place)}, ${named})` : named;
}

const SCRIPTS = ['n', 'nnn', 'nnnn', 'nr', 'nt', 'nnrn', 'nnt', 'r', 't', 'nrn', 'ntn', 'nnnnrr', 'nnnnnnnn'];

/** The text of a program: its declarations, then a call of all that it declares. */
export function printProgram(root: Node): string {
  const dice = new Dice(root.n);
  const place: Place = {
    ids: { n: 0 },
    using: dice.pick([false, false, false, true]),
    kind: 'sync',
    suspends: false,
    strict: dice.one(4),
    args: false,
    superOf: false,
    target: false,
    returns: false,
    mapped: [],
    names: ['s0', 's1'],
    mutable: ['s0', 's1'],
    calls: [],
    classes: [],
    privates: [],
    jumps: [],
    block: newBlock(undefined, { body: true }),
  };
  const lines = [place.strict ? '"use strict";' : '', 'var s0 = 0, s1 = "s";'];
  const drives: string[] = [];
  for (const unit of root.e) lines.push(printUnit(unit, place, drives));
  return withoutSemicolons(`${lines.filter(Boolean).join('\n')}\n${drives.join('\n')}\n`);
}

function printUnit(unit: Node, place: Place, drives: string[]): string {
  const dice = new Dice(unit.n);
  const given = unit.e
    .at(-1)!
    .e.map((one) => new Dice(one.n).pick(['1', '2', '"t"', '[3]', '({ x: 4 })', 'undefined', 'later(5, 1)']));
  const values = `[${given.join(', ')}]`;
  const drive = (label: string, self: string, fn: string, kind: Kind, n: number) => {
    const script = new Dice(n).pick(SCRIPTS);
    if (kind === 'sync' || kind === 'async') drives.push(`call("${label}", ${self}, ${fn}, ${values});`);
    else drives.push(`drive("${label}", ${self}, ${fn}, ${values}, "${dice.one(4) ? 'q' : ''}${script}");`);
  };
  if (unit.k === 'function') {
    // What nobody else calls has its errors counted.
    const solo = dice.one(3);
    const name = fresh(place, solo ? 'solo' : 'u');
    const declared = !!STAR(functionKind(unit.e[0])) || dice.one(2);
    const fn = printFunction(unit.e[0], place, declared ? 'declaration' : 'expression', declared ? name : '');
    drive(name, 'null', name, fn.kind, unit.e[0].n);
    if (!solo) place.calls.push({ text: name, kind: fn.kind });
    return declared ? fn.text : `const ${name} = ${fn.text};`;
  }
  const name = fresh(place, unit.k === 'class' ? 'K' : 'o');
  const each = (one: Member, owner: string, n: number) => {
    const label = `${owner}.${one.name}`;
    if (one.how === 'get') drives.push(`get("${label}", ${owner}, "${one.name}");`);
    else if (one.how === 'set') drives.push(`set("${label}", ${owner}, "${one.name}", ${given[0] ?? '6'});`);
    else {
      drive(label, owner, `"${one.name}"`, one.kind, n);
      if (n % 2) place.calls.push({ text: label, kind: one.kind });
    }
  };
  if (unit.k === 'object') {
    const kept = unit.e[0].e.map((one, n) => printProperty(one, place, n === 0));
    kept.forEach((one, n) => {
      if (one.how !== 'value') each({ ...one, isStatic: false }, name, unit.e[0].e[n].n);
    });
    return `const ${name} = { ${kept.map((one) => one.text).join(',\n')} };`;
  }
  const { text, members } = printClass(unit.e[0], place, name);
  const instance = fresh(place, 'i');
  drives.push(`var ${instance} = create("${name}", ${name}, ${values});`);
  members.forEach((one, n) => {
    each(one, one.isStatic ? name : instance, unit.n + n);
  });
  return text;
}

export { args, atom };
