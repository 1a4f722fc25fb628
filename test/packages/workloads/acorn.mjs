// acorn: a hand-written parser (deep recursion, regexes, a tokenizer that is an iterator), extended by a plugin.

export async function run({ load, log, attempt, stack }) {
  const acorn = await load('acorn');
  log('exports', Object.keys(acorn).sort());
  const { parse, parseExpressionAt, tokenizer, Parser, getLineInfo, isIdentifierStart, tokTypes } = acorn;
  const sources = {
    classes:
      'class A extends B { #x = 1; static { this.y = 2 } get z() { return this.#x } async *m() { yield* await 1 } }',
    modules: 'import a, { b as c } from "d"; export * as e from "f"; export default async () => import("g")',
    patterns:
      'const { a = 1, ...b } = c?.d ?? e; for (const [f, , g] of h) label: while (1) { continue label }',
    templates: 'tag`a${b}c${`d${e}`}`; /[\\p{L}--[a-z]]/v.test(x); 1_000n ** 2n',
    sloppy: 'with (a) { var let_ = 010; } function f(a, a) { return new.target }',
  };
  for (const [name, code] of Object.entries(sources)) {
    for (const sourceType of ['script', 'module']) {
      const comments = [];
      await attempt(`${name} ${sourceType}`, () =>
        parse(code, {
          ecmaVersion: 'latest',
          sourceType,
          locations: true,
          ranges: true,
          onComment: comments,
        }),
      );
    }
  }
  for (const bad of [
    'let let = 1',
    'a b',
    '"unterminated',
    'class { constructor(){super()} }',
    'for await (x of y);',
    '/(/',
  ]) {
    try {
      parse(bad, { ecmaVersion: 2022 });
    } catch (error) {
      log(bad, error, error.pos, error.loc);
      stack(bad, error);
    }
  }
  const types = [];
  for (const token of tokenizer('let x = /a/g.exec(`b${c}`) // end', { ecmaVersion: 2020 }))
    types.push([token.type.label, token.value]);
  log('tokens', types);
  const read = tokenizer('a + b', { ecmaVersion: 5 });
  log('one by one', read.getToken().type === tokTypes.name, read.getToken().value);
  log(
    'at',
    parseExpressionAt('xx (a, b) => c', 3, { ecmaVersion: 6 }).type,
    getLineInfo('a\nb\nc', 3),
    isIdentifierStart(97),
  );

  const Loud = Parser.extend(
    (Base) =>
      class extends Base {
        parseStatement(...args) {
          const node = super.parseStatement(...args);
          node.loud = true;
          return node;
        }
      },
  );
  log('plugin', Loud.parse('a; { b }', { ecmaVersion: 6 }), Loud.name, Loud.parse.length);

  let nested = '1';
  for (let n = 0; n < 300; n++) nested = `(${nested} + ${n})`;
  let depth = 0;
  for (let node = parse(nested, { ecmaVersion: 6 }).body[0].expression; node; node = node.left) depth++;
  log('depth', depth);
  // Too deep for any stack: the same error, and the parser is as good as before.
  try {
    parse('['.repeat(200_000), { ecmaVersion: 6 });
  } catch (error) {
    log('overflow', error.name);
  }
  log('after', parse('a', { ecmaVersion: 6 }).end);
}
