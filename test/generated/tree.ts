// The grammar: which trees a generated program can be, as fast-check arbitraries. Serves print.ts, which
// makes a text of a tree and settles there what depends on the place (names, what is legal). A tree must
// stay free of context, so that shrinking can take any part of it away.

import fc from 'fast-check';

/** One construct. `n` is an unbiased number from which the printer takes its choices; 0 is the simplest. */
export interface Node {
  k: string;
  n: number;
  e: Node[];
}

type Arb = fc.Arbitrary<Node>;

const number = fc.noBias(fc.nat({ max: 2 ** 31 - 1 }));
const node = (k: string, ...parts: Arb[]): Arb =>
  fc.tuple(number, fc.tuple(...parts)).map(([n, e]) => ({ k, n, e }));
const list = (part: Arb, minLength: number, maxLength: number): Arb =>
  fc.array(part, { minLength, maxLength, size: 'max' }).map((e) => ({ k: 'list', n: 0, e }));

const DEPTH = 5;

/** How often each expression comes, in the order of simplicity. */
const { unit } = fc.letrec<
  Record<'expr' | 'stmt' | 'body' | 'params' | 'fn' | 'cls' | 'pattern' | 'unit', Node>
>((tie) => {
  const depth = fc.createDepthIdentifier();
  const choice = (leaf: Arb, weights: [number, Arb][], maxDepth = DEPTH): Arb =>
    fc.oneof(
      { maxDepth, depthIdentifier: depth, withCrossShrink: true },
      { weight: 1, arbitrary: leaf },
      ...weights.map(([weight, arbitrary]) => ({ weight, arbitrary })),
    ) as Arb;
  const expr = tie('expr') as Arb;
  const stmt = tie('stmt') as Arb;
  const body = tie('body') as Arb;
  const params = tie('params') as Arb;
  const fn = tie('fn') as Arb;
  const cls = tie('cls') as Arb;
  const pattern = tie('pattern') as Arb;
  const args = list(expr, 0, 3);
  // Simple things, of which any depth can be made.
  const simple: [number, Arb][] = [
    [3, node('name')],
    [2, node('arguments')],
    [1, node('this')],
    [1, node('target')],
    [1, node('boom')],
    [1, node('regex')],
    [1, node('yieldNothing')],
    [2, node('update')],
    [1, node('eval')],
    [1, node('promise')],
  ];
  const leaf = fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: node('literal') },
    ...simple.map(([weight, arbitrary]) => ({ weight, arbitrary })),
  ) as Arb;
  const jump = fc.oneof(node('continue'), node('break'), node('return', expr), node('throw', expr)) as Arb;
  const jumps = list(jump, 1, 1);
  // What leaves a loop or goes on with it, through what has to know.
  const turn = list(
    fc.oneof(
      { withCrossShrink: true },
      jump,
      stmt,
      node('tryFinally', jumps, body),
      node('tryFinally', body, jumps),
      node('tryBoth', jumps, pattern, body, jumps),
      node('for', expr, jumps),
      node('forOf', pattern, expr, jumps),
      node('forAwait', pattern, expr, jumps),
      node('block', list(fc.oneof(node('awaitUsing', expr), node('using', expr), jump) as Arb, 1, 2)),
    ) as Arb,
    1,
    2,
  );
  const loops = fc.oneof(
    node('for', expr, turn),
    node('forAwait', pattern, expr, turn),
    node('forOf', pattern, expr, turn),
    node('while', expr, turn),
    node('forUsing', turn),
  ) as Arb;
  return {
    expr: choice(leaf, [
      [2, leaf],
      [4, node('log', expr)],
      [5, node('call', args)],
      [4, node('await', expr)],
      [4, node('yield', expr)],
      [2, node('yieldAll', expr)],
      [2, node('assign', expr)],
      [1, node('setArguments', expr)],
      [2, node('binary', expr, expr)],
      [1, node('logic', expr, expr)],
      [1, node('conditional', expr, expr, expr)],
      [1, node('template', expr, expr)],
      [1, node('comma', expr, expr)],
      [1, node('array', list(expr, 0, 3))],
      [2, node('object', list(node('property', expr, fn), 0, 3))],
      [1, node('destructure', expr, expr)],
      [3, node('function', fn)],
      [3, node('invoke', fn, args)],
      [2, node('super', args)],
      [2, node('private', expr)],
      [1, node('class', cls)],
      [2, node('promise', expr)],
      [1, node('thenable', expr)],
      [1, node('new', args)],
      [1, node('evalOf', expr)],
      [1, node('spread', expr)],
      [1, node('optional', expr)],
    ]),
    stmt: choice(node('expression', expr), [
      [4, node('expression', expr)],
      [4, node('var', pattern, expr)],
      [3, node('let', pattern, expr)],
      [5, node('inner', fn)],
      [1, node('innerClass', cls)],
      [4, node('return', expr)],
      [1, node('returnNothing')],
      [2, node('throw', expr)],
      [3, node('break')],
      [3, node('continue')],
      [2, node('if', expr, body, body)],
      [2, node('if', expr, body, node('list'))],
      [2, node('block', body)],
      [3, node('tryCatch', body, pattern, body)],
      [3, node('tryFinally', body, body)],
      [3, node('tryBoth', body, pattern, body, body)],
      [1, node('labelled', stmt)],
      [3, node('labelled', loops)],
      [3, node('clash', fn, fn, expr)],
      [2, node('for', expr, body)],
      [1, node('forIn', expr, body)],
      [2, node('forOf', pattern, expr, body)],
      [4, node('forAwait', pattern, expr, body)],
      [1, node('while', expr, body)],
      [1, node('do', expr, body)],
      [2, node('switch', expr, body, body, body)],
      [2, node('alias', expr, expr)],
      [2, node('using', expr)],
      [3, node('awaitUsing', expr)],
      [2, node('forUsing', body)],
      [2, node('with', body)],
      [1, loops],
      [1, node('empty')],
    ]),
    body: list(stmt, 0, 2),
    pattern: fc.oneof(
      { withCrossShrink: true },
      { weight: 4, arbitrary: node('bind') },
      { weight: 1, arbitrary: node('bindArray', expr) },
      { weight: 1, arbitrary: node('bindObject', expr, expr) },
    ) as Arb,
    params: list(
      fc.oneof(
        { withCrossShrink: true },
        { weight: 4, arbitrary: node('param') },
        { weight: 1, arbitrary: node('paramDefault', expr) },
        { weight: 1, arbitrary: node('paramArray', expr) },
        { weight: 1, arbitrary: node('paramObject', expr, expr) },
        { weight: 1, arbitrary: node('paramRest') },
      ) as Arb,
      0,
      3,
    ),
    fn: fc
      .tuple(number, params, list(stmt, 0, 3), expr)
      .map(([n, p, b, x]) => ({ k: 'fn', n, e: [p, b, x] })) as Arb,
    cls: node('cls', expr, list(node('member', fn, expr), 1, 4)),
    unit: fc.oneof(
      { withCrossShrink: true },
      { weight: 5, arbitrary: node('function', fn, args) },
      { weight: 3, arbitrary: node('class', cls, args) },
      { weight: 2, arbitrary: node('object', list(node('property', expr, fn), 1, 4), args) },
    ) as Arb,
  };
});

/** A whole program: its units are functions, classes and objects, each of which the driver calls. */
export const program: fc.Arbitrary<Node> = fc
  .tuple(number, fc.array(unit, { minLength: 1, maxLength: 3, size: 'max' }))
  .map(([n, e]) => ({ k: 'program', n, e }));
