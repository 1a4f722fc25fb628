// The text of a generated expression in its place. Serves the printer of statements and functions; what is
// not legal in a place becomes something that is.

import { Dice, fresh, isAsync, isGenerator, type Kind, lexicalName, type Place } from './place';
import { printClass, printFunction, printProperty } from './print-functions';
import type { Node } from './tree';

/** An expression that can stand wherever a primary expression can. */
export function atom(node: Node, place: Place): string {
  const text = bare(node, place);
  return ATOMIC.has(node.k) && !/^(function|class|async|\{)/.test(text) && isCall(text) ? text : `(${text})`;
}

const ATOMIC = new Set(['literal', 'name', 'log', 'call', 'boom', 'array', 'template', 'promise', 'regex']);
const isCall = (text: string) => !/^(await|yield|new|-|typeof|\[\.\.\.)/.test(text);

export const args = (list: Node, place: Place): string => list.e.map((one) => bare(one, place)).join(', ');

const LITERALS = ['0', '1', '2', '"s"', 'undefined', 'null', 'true', '1n'];

/** An expression where an assignment, `yield` included, may stand. */
export function bare(node: Node, place: Place): string {
  const dice = new Dice(node.n);
  const [x, y, z] = node.e;
  const name = () => dice.pick(place.names.length ? place.names : ['undefined']);
  const target = () => dice.pick(place.mutable.length ? place.mutable : ['s0']);
  switch (node.k) {
    case 'literal':
      return dice.pick(LITERALS);
    case 'name':
      return name();
    case 'log':
      return `log(${bare(x, place)})`;
    case 'boom':
      return `boom(${dice.pick([0, 1, 2])})`;
    case 'regex':
      return '/x/';
    case 'arguments':
      return place.args
        ? dice.pick(['arguments[0]', 'arguments.length', '[...arguments]', 'arguments[1]'])
        : name();
    case 'this':
      return dice.pick(['this', 'typeof this', 'this === undefined', 'this?.x']);
    case 'target':
      return place.target ? dice.pick(['new.target === undefined', 'new.target?.name']) : 'typeof s1';
    case 'update':
      return dice.pick([`${target()}++`, `--${target()}`]);
    case 'assign':
      return `${target()} ${dice.pick(['=', '=', '+=', '??='])} ${bare(x, place)}`;
    case 'setArguments':
      return place.args ? `arguments[0] = ${bare(x, place)}` : bare(x, place);
    case 'binary':
      return `${atom(x, place)} ${dice.pick(['+', '-', '<', '===', '%', 'instanceof'])} ${atom(y, place)}`;
    case 'logic':
      return `${atom(x, place)} ${dice.pick(['&&', '||', '??'])} ${atom(y, place)}`;
    case 'conditional':
      return `${atom(x, place)} ? ${bare(y, place)} : ${bare(z, place)}`;
    case 'template':
      return `\`\${show(${bare(x, place)})} \${show(${bare(y, place)})}\``;
    case 'comma':
      return `(${bare(x, place)}, ${bare(y, place)})`;
    case 'array':
      return `[${args(x, place)}]`;
    case 'object':
      return `{ ${x.e.map((one, n) => printProperty(one, place, n === 0).text).join(', ')} }`;
    case 'destructure': {
      const [a, b] = [target(), target()];
      const [first, second] = [bare(x, place), bare(y, place)];
      return dice.pick([
        // In parentheses, since V8 takes an array literal before it in a list of arguments for a pattern too.
        `([${a}, ${b}] = [${first}, ${second}])`,
        `({ x: ${a} = ${first}, ...${b} } = { y: ${second} })`,
      ]);
    }
    case 'function':
      return printFunction(x, place, 'expression').text;
    case 'invoke': {
      const fn = printFunction(x, place, 'expression');
      return used(
        fn.kind,
        `(${fn.text})${dice.pick(['', '.bind({ x: 3 })'])}(${args(y, place)})`,
        place,
        dice,
      );
    }
    case 'call':
      return call(x, place, dice);
    case 'spread':
      return `[...[${bare(x, place)}, 1]].length`;
    case 'optional':
      return `(${bare(x, place)})?.x?.(${dice.pick(['1', 'log(2)'])})`;
    case 'new': {
      const made = place.classes.length ? dice.pick(place.classes) : 'Base';
      return `new ${made}(${args(x, place)})`;
    }
    case 'class': {
      const inner = { ...place, classes: [...place.classes] };
      return printClass(node.e[0], inner, dice.pick(['', fresh(place, 'K')])).text;
    }
    case 'super':
      if (!place.superOf) return `log(${args(x, place)})`;
      return dice.pick([
        `super.m0?.(${args(x, place)})`,
        'super.x',
        `super.y = ${x.e[0] ? bare(x.e[0], place) : '1'}`,
      ]);
    case 'private':
      return priv(x, place, dice);
    case 'promise':
      return promise(x ? bare(x, place) : '5', dice);
    case 'thenable':
      return `thenable(${dice.pick([0, 1, 2])}, ${bare(x, place)})`;
    case 'await':
      return isAsync(place) ? suspending('await', x, place, dice) : bare(x, place);
    case 'yield':
      return isGenerator(place) ? suspending('yield', x, place, dice) : bare(x, place);
    case 'yieldNothing':
      return isGenerator(place) ? 'yield' : '7';
    case 'yieldAll':
      return isGenerator(place) ? `yield* ${iterable(x, place, dice)}` : bare(x, place);
    case 'eval':
    case 'evalOf':
      return directEval(name(), x && bare(x, place), place, dice);
    default:
      throw new Error(`the printer knows no expression ${node.k}`);
  }
}

// The operand right at the keyword, where the language lets it touch.
function suspending(word: string, operand: Node, place: Place, dice: Dice): string {
  const text = dice.one(2) ? atom(operand, place) : bare(operand, place);
  const touches = /^[([/"`{]/.test(text);
  const between = dice.pick([' ', touches ? '' : ' ', ' /* c */ ']);
  // `await` takes a unary expression.
  if (word === 'await' && (text === 'yield' || !/^[\w.]+\([^()]*\)$|^\w+$/.test(text)))
    return `await${between.trimEnd()}(${text})`;
  return `${word}${between}${text}`;
}

function call(list: Node, place: Place, dice: Dice): string {
  if (!place.calls.length) return `log(${args(list, place)})`;
  const { text, kind } = dice.pick(place.calls);
  return used(kind, `${text}(${args(list, place)})`, place, dice);
}

/** What is done with the result of a call of that kind. */
export function used(kind: Kind, text: string, place: Place, dice: Dice): string {
  switch (kind) {
    case 'sync':
      return text;
    case 'async':
      return isAsync(place) ? dice.pick([`await ${text}`, `await ${text}`, text]) : `settle(${text})`;
    case 'generator':
      return dice.pick([
        `[...${text}]`,
        isGenerator(place) ? `yield* ${text}` : `[...${text}]`,
        `${text}.next().value`,
      ]);
    case 'asyncGenerator':
      if (place.suspends && place.kind === 'asyncGenerator' && dice.one(2)) return `yield* ${text}`;
      return isAsync(place) ? `await ${text}.next()` : `settle(${text}.next())`;
  }
}

/** Something to loop over. */
export function iterable(node: Node, place: Place, dice: Dice, awaits = false): string {
  const kinds = awaits || place.kind === 'asyncGenerator' ? ['generator', 'asyncGenerator'] : ['generator'];
  const some = place.calls.filter((one) => kinds.includes(one.kind));
  const text = bare(node, place);
  if (some.length && !dice.one(2)) return `${dice.pick(some).text}(${text})`;
  const how = dice.pick([0, 1, 2, 3]);
  return dice.pick([
    `[${text}, 2]`,
    `iterator(${how % 3}, ${text})`,
    awaits ? `asyncIterator(${how}, ${text})` : `[${text}]`,
    awaits ? `[later(${text}, 1), ${promise('4', dice)}]` : '"xy"',
  ]);
}

function promise(text: string, dice: Dice): string {
  if (dice.one(40)) return 'never()';
  return dice.pick([
    `later(${text}, ${dice.pick([0, 1, 2])})`,
    `Promise.resolve(${text})`,
    `rejects(${dice.pick([0, 1, 2])})`,
    `later(${text}, 1).then((x) => (at(0), log(x)))`,
  ]);
}

function priv(x: Node, place: Place, dice: Dice): string {
  if (!place.privates.length) return bare(x, place);
  const { name, kind } = dice.pick(place.privates);
  if (dice.one(4)) return `(${name} in Object(${bare(x, place)}))`;
  const value = bare(x, place);
  const guarded = (text: string) => (dice.one(3) ? text : `(${name} in Object(this)) && ${text}`);
  if (kind === 'method') return guarded(`this.${name}(${value})`);
  return guarded(dice.pick([`this.${name}`, `(this.${name} = ${value})`, `(this.${name} += 1)`]));
}

function directEval(name: string, operand: string | undefined, place: Place, dice: Dice): string {
  const texts = [
    `typeof ${name}`,
    `var a = 7; a`,
    `typeof this`,
    `(() => typeof ${name})()`,
    `function b() { return 9 } typeof b`,
    `${name} = 8`,
    'let e1 = 2; e1',
    ...(place.args ? ['arguments.length', 'arguments[0] = 6'] : []),
    ...(place.target ? ['new.target === undefined'] : []),
  ];
  const text = `eval(${JSON.stringify(dice.pick(texts))})`;
  return operand === undefined ? text : `[${text}, ${operand}, typeof a]`;
}

/** The left side of a declaration; declares what it binds. */
export function printPattern(node: Node, place: Place, declare: (dice: Dice) => string): string {
  const dice = new Dice(node.n);
  const [x, y] = node.e;
  // What stands in a pattern cannot name what the pattern binds.
  const before = { ...place, names: [...place.names], mutable: [...place.mutable] };
  switch (node.k) {
    case 'bindArray':
      return `[${declare(dice)} = ${bare(x, before)}, ${dice.pick(['', '...'])}${declare(dice)}]`;
    case 'bindObject':
      return `{ x: ${declare(dice)} = ${bare(x, before)}, [key(${bare(y, before)})]: ${declare(dice)} }`;
    default:
      return declare(dice);
  }
}

/** What a pattern is given so that it mostly fits. */
export function fitting(pattern: Node, value: string): string {
  if (pattern.k === 'bindArray') return `[undefined, ${value}]`;
  if (pattern.k === 'bindObject') return `{ y: ${value} }`;
  return value;
}

export const catchName = (place: Place) => (dice: Dice) => lexicalName(place, dice, true);
