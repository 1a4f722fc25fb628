// The text of generated statements in their place. Serves the printer of functions. Every loop is bounded
// by its head, which nothing else can write to.

import {
  Dice,
  fresh,
  functionName,
  isAsync,
  isGenerator,
  type Kind,
  known,
  lexicalName,
  type Place,
  POOL,
  varName,
  within,
} from './place';
import { atom, bare, fitting, iterable, printPattern } from './print-expressions';
import { functionKind, printClass, printFunction } from './print-functions';
import type { Node } from './tree';

/** The statements of a block, in a place of their own that the caller made. */
export function printStatements(nodes: Node[], place: Place): string {
  // Function declarations are known before anything runs.
  const names = new Map<Node, { name: string; kind: Kind }>();
  for (const node of nodes) {
    if (node.k === 'clash' && place.block.body) {
      const name = known(place, new Dice(node.n).pick(POOL), true);
      place.calls.push({ text: name, kind: functionKind(node.e[1]) });
      names.set(node, { name, kind: 'sync' });
      continue;
    }
    if (node.k !== 'inner') continue;
    const dice = new Dice(node.n);
    const kind = functionKind(node.e[0]);
    const name = functionName(place, dice);
    place.calls.push({ text: name, kind });
    names.set(node, { name, kind });
  }
  const texts = nodes.map((node) => {
    const found = names.get(node);
    if (!found) return printStatement(node, place);
    if (node.k === 'clash') return clash(node, place, found.name);
    const label =
      !place.strict && found.kind === 'sync' && new Dice(node.e[0].n).one(3) ? `${fresh(place, 'L')}: ` : '';
    return label + printFunction(node.e[0], place, 'declaration', found.name).text;
  });
  return texts.map((text, i) => text + ending(text, texts[i + 1], nodes[i])).join('\n');
}

// Function declarations of a body that meet something of their name, or the body's `let`.
function clash(node: Node, place: Place, name: string): string {
  const [first, second, x] = node.e;
  const dice = new Dice(node.n ^ 0x0f0f0f0f);
  const how = dice.pick(['var', 'twice', 'block', 'let']);
  const made = () => printFunction(second, place, 'declaration', name).text;
  if (how === 'twice')
    return `${printFunction(first, place, 'declaration', name).text}\nlog(typeof ${name})\n${made()}`;
  if (how === 'block') {
    const inner = within(place);
    inner.block.lexical.add(name);
    return `{\nlog(${name});\n${printFunction(first, inner, 'declaration', name).text}\n}\n${made()}\nlog(${name});`;
  }
  if (how === 'let') {
    const value = bare(x, place);
    const bound = lexicalName(place, dice, true);
    const reader = fresh(place, 'g');
    place.calls.push({ text: reader, kind: 'sync' });
    const text = `let ${bound} = ${value};\nlog(${reader}());\nfunction ${reader}() {\nat(${++place.ids.n});\nreturn ${bound}\n}`;
    return `${text}\n${made()}`;
  }
  return `var ${name} = ${bare(x, place)};\n${made()}\nlog(${name});`;
}

// Some statements end by a newline alone, where the next one cannot be taken for a continuation.
function ending(text: string, next: string | undefined, node: Node): string {
  if (!/;$/.test(text)) return '';
  const bare = new Dice(node.n).one(4) && (next === undefined || !/^[([`/+\-*.,?:=%&|<>i]/.test(next));
  return bare ? '\b' : '';
}

/** Takes away the semicolons that `ending` marked; a text's last step. */
export const withoutSemicolons = (text: string): string => text.replace(/;[\b]/g, '').replace(/[\b]/g, '');

const block = (nodes: Node[], place: Place): string => `{\n${printStatements(nodes, place)}\n}`;

// A body of a loop or an `if`: mostly a block, sometimes a single statement.
function body(list: Node, place: Place, dice: Dice): string {
  const [only] = list.e;
  if (list.e.length === 1 && SINGLE.has(only.k) && dice.one(3)) return printStatement(only, within(place));
  return block(list.e, within(place));
}
const SINGLE = new Set([
  'expression',
  'throw',
  'return',
  'returnNothing',
  'break',
  'continue',
  'tryFinally',
  'for',
  'forOf',
  'forAwait',
]);

const LOOPS = new Set(['for', 'forIn', 'forOf', 'forAwait', 'while', 'do', 'forUsing']);
const loop = (place: Place): Place => ({
  ...place,
  jumps: [...place.jumps.filter((j) => / /.test(j)), 'break;', 'continue;'],
});

function printStatement(node: Node, place: Place): string {
  const dice = new Dice(node.n);
  const [x, y, z, w] = node.e;
  switch (node.k) {
    case 'expression': {
      const text = bare(x, place);
      return /^(\{|function|class|async|let\b|"|')/.test(text) ? `(${text});` : `${text};`;
    }
    case 'var':
      return `var ${printPattern(x, place, (d) => varName(place, d))} = ${fitting(x, bare(y, place))};`;
    case 'let': {
      const word = dice.pick(['let', 'const']);
      const value = fitting(x, bare(y, place));
      return `${word} ${printPattern(x, place, (d) => lexicalName(place, d, word === 'let'))} = ${value};`;
    }
    case 'clash':
      return block([{ k: 'inner', n: node.n, e: [node.e[1]] }], within(place));
    case 'inner':
      // Only as the body of something else: in a list it is printed there.
      return block([node], within(place));
    case 'innerClass': {
      const name = lexicalName(place, dice, false);
      return printClass(x, place, name).text;
    }
    case 'return':
      if (!place.returns) return `log(${bare(x, place)});`;
      return `return${returned(bare(x, place), dice)};`;
    case 'returnNothing':
      return place.returns ? 'return;' : ';';
    case 'throw':
      return `throw ${bare(x, place)};`;
    case 'break':
    case 'continue': {
      const fitted = place.jumps.filter((jump) => jump.startsWith(node.k));
      const labels = fitted.filter((jump) => / /.test(jump));
      const jump = fitted.length ? dice.pick([...fitted, ...labels]) : 'log("on");';
      // Mostly on one turn only: what follows is to run too.
      return fitted.length && dice.one(2) ? `if (flip(${++place.ids.n})) ${jump}` : jump;
    }
    case 'if':
      return `if (${bare(x, place)}) ${body(y, place, dice)}${z.e?.length ? `\nelse ${body(z, place, dice)}` : ''}`;
    case 'block':
      return block(x.e, within(place));
    case 'tryCatch':
      return `try ${block(x.e, within(place))} ${catchClause(y, z, place, dice)}`;
    case 'tryFinally':
      return `try ${block(x.e, within(place))} ${finallyBlock(y, place, dice)}`;
    case 'tryBoth':
      return `try ${block(x.e, within(place))} ${catchClause(y, z, place, dice)} ${finallyBlock(w, place, dice)}`;
    case 'labelled':
      return labelled(x, place);
    case 'with':
      if (place.strict || !dice.one(2)) return block(x.e, within(place));
      return `with ({ a: 1 }) ${block(x.e, within(place))}`;
    case 'alias':
      return alias(node, place, dice);
    case 'using':
    case 'awaitUsing':
      return using(node, place, dice);
    case 'switch':
      return switched(node, place);
    case 'empty':
      return ';';
    default:
      if (LOOPS.has(node.k)) return printLoop(node, place, dice);
      throw new Error(`the printer knows no statement ${node.k}`);
  }
}

function returned(text: string, dice: Dice): string {
  return /^[([/"`{]/.test(text) && dice.one(2) ? text : ` ${text}`;
}

function catchClause(pattern: Node, list: Node, place: Place, dice: Dice): string {
  if (dice.one(4)) return `catch ${block(list.e, within(place))}`;
  const inner = within(place);
  const bound = printPattern(pattern, inner, (d) => lexicalName(inner, d, true));
  return `catch (${bound}) ${block(list.e, inner)}`;
}

function finallyBlock(list: Node, place: Place, dice: Dice): string {
  const inner = within(place);
  const text = printStatements(list.e, inner);
  const ends = [...place.jumps, ...(place.returns ? ['return;', 'return log("f");'] : []), 'throw "f";'];
  const end = dice.one(2) ? `\n${dice.one(2) ? `if (flip(${++place.ids.n})) ` : ''}${dice.pick(ends)}` : '';
  const waits = isAsync(place) ? ['await 6;', 'await later("f", 1);'] : [];
  if (isGenerator(place)) waits.push('log(yield "f");');
  const wait = waits.length && dice.one(4) ? `${dice.pick(waits)}\n` : '';
  return `finally {\n${wait}${text}${end}\n}`;
}

function labelled(inner: Node, place: Place): string {
  const name = fresh(place, 'L');
  const isLoop = LOOPS.has(inner.k) || (inner.k === 'labelled' && LOOPS.has(inner.e[0].k));
  const jumps = [...place.jumps, `break ${name};`, ...(isLoop ? [`continue ${name};`] : [])];
  const there = { ...place, jumps };
  const wrapped = ['var', 'let', 'inner', 'clash', 'innerClass', 'using', 'awaitUsing', 'alias'].includes(
    inner.k,
  );
  return `${name}: ${wrapped ? block([inner], within(there)) : printStatement(inner, there)}`;
}

function alias(node: Node, place: Place, dice: Dice): string {
  if (!place.mapped.length || !place.args) return `log(${bare(node.e[0], place)});`;
  const name = dice.pick(place.mapped);
  const [first, second] = [bare(node.e[0], place), bare(node.e[1], place)];
  return `{ ${name} = ${first}; log(arguments[0]); arguments[0] = ${second}; log(${name}, arguments.length); }`;
}

function using(node: Node, place: Place, dice: Dice): string {
  const value = bare(node.e[0], place);
  if (!place.using) return `log(${value});`;
  if (place.block.clause) return `{ ${using(node, within(place, { clause: false }), dice)} }`;
  const awaits = node.k === 'awaitUsing' && isAsync(place);
  const count = dice.pick([1, 1, 2]);
  const made = Array.from({ length: count }, () => {
    const how = dice.pick([0, 1, 2, 3]);
    const resource = dice.pick([
      `resource(${how % 3}, ${value})`,
      awaits ? `asyncResource(${how}, ${value})` : 'resource(0)',
      // A known limit: of several that are null, each costs a turn of its own, where the language takes one.
      awaits && place.block.disposes ? 'asyncResource(0)' : 'null',
    ]);
    if (awaits) place.block.disposes = true;
    return `${lexicalName(place, dice, false)} = ${resource}`;
  });
  return `${awaits ? 'await using' : 'using'} ${made.join(', ')};`;
}

function switched(node: Node, place: Place): string {
  const [x, ...lists] = node.e;
  const inner = {
    ...within(place, { clause: true }),
    jumps: [...place.jumps.filter((j) => j !== 'break;'), 'break;'],
  };
  // One scope for all clauses: their functions are known from the start.
  const head = `switch (typeof ${atom(x, place)}) {`;
  const keys = ['case "number":', 'default:', 'case log("string"):'];
  const clauses = lists.map((list, n) => `${keys[n]}\n${printStatements(list.e, inner)}`);
  return `${head}\n${clauses.join('\n')}\n}`;
}

function printLoop(node: Node, place: Place, dice: Dice): string {
  const inner = loop(within(place));
  const count = dice.pick([1, 2, 2]);
  const key = ++place.ids.n;
  switch (node.k) {
    case 'for': {
      const [i, turns] = [`i${key}`, `n${key}`];
      const [x, list] = node.e;
      const first = bare(x, place);
      inner.names.push(i);
      if (!dice.one(3))
        return `for (let ${i} = 0, ${turns} = (${first}, ${count}); ${i} < ${turns}; ${i}++) ${body(list, inner, dice)}`;
      const name = varName(inner, dice);
      return `for (var ${name} = ${first}; again(${key}, ${count}); ${name} = ${bare(x, inner)}) ${body(list, inner, dice)}`;
    }
    case 'while':
      return `while (again(${key}, ${count}) && [${bare(node.e[0], place)}]) ${body(node.e[1], inner, dice)}`;
    case 'do':
      return `do ${block(node.e[1].e, inner)} while (again(${key}, ${count}) && [${bare(node.e[0], place)}]);`;
    case 'forIn': {
      const object = `{ x: ${bare(node.e[0], place)}, y: 1 }`;
      return `for (const ${lexicalName(inner, dice, false)} in ${object}) ${body(node.e[1], inner, dice)}`;
    }
    case 'forUsing': {
      if (!place.using)
        return `for (const ${lexicalName(inner, dice, false)} of [1, 2]) ${body(node.e[0], inner, dice)}`;
      const awaits = isAsync(place) && dice.pick([true, true, false]);
      const items = awaits ? '[asyncResource(0), resource(1), null]' : '[resource(0), null]';
      const head = `${awaits ? 'await using' : 'using'} ${lexicalName(inner, dice, false)}`;
      return `for ${awaits && dice.one(2) ? 'await ' : ''}(${head} of ${items}) ${body(node.e[0], inner, dice)}`;
    }
    default:
      return forOf(node, place, inner, dice);
  }
}

function forOf(node: Node, place: Place, inner: Place, dice: Dice): string {
  const [pattern, x, list] = node.e;
  const awaits = node.k === 'forAwait' && isAsync(place);
  const over =
    pattern.k === 'bind' ? iterable(x, place, dice, awaits) : `[${fitting(pattern, bare(x, place))}]`;
  const form = dice.pick(['const', 'let', 'var', '']);
  const target = () => dice.pick(place.mutable.length ? place.mutable : ['s0']);
  const declare = (d: Dice) => (form === 'var' ? varName(inner, d) : lexicalName(inner, d, form === 'let'));
  const head = form ? `${form} ${printPattern(pattern, inner, declare)}` : target();
  return `for ${awaits ? 'await ' : ''}(${head} of ${over}) ${body(list, inner, dice)}`;
}
