// mathjs: typed functions generated as source text by new Function, factories, a parser and compiler of its own.

export async function run({ load, log, attempt }) {
  const module = await load('mathjs');
  log('exports', Object.keys(module).sort());
  const {
    create,
    all,
    evaluate,
    parse,
    simplify,
    derivative,
    matrix,
    bignumber,
    fraction,
    complex,
    unit,
    typed,
    chain,
    format,
    rationalize,
  } = module;
  const math = create(all, { randomSeed: 'seed', number: 'number' });
  for (const text of [
    '1 + 2 * 3 ^ 2',
    'sqrt(-4)',
    '2 inch to cm',
    'det([1,2;3,4])',
    'f(x) = x^2; f(3)',
    '0.1 + 0.2',
    'bignumber(0.1) + bignumber(0.2)',
    '"a" + 1',
    '1 / 0',
    '3! + 5 mod 3',
    'a = [1:5]; a[2:3]',
    '{a: {b: 2}}.a.b',
    'true ? 1 : 2',
    '5 kg * 9.81 m/s^2',
    '[1,2,3] .* [4,5,6]',
    'undefinedName + 1',
    '1 +',
    'x = 3; x += 1',
    '10!!',
    'cross([1,0,0],[0,1,0])',
  ]) {
    await attempt(text, () => format(evaluate(text), { precision: 12 }));
  }
  const scope = { x: 4 };
  log(
    'scope',
    evaluate('y = x * 2', scope),
    scope,
    parse('x^2 + y').compile().evaluate({ x: 3, y: 1 }),
    parse('a*(b+c)').toTex(),
  );
  log(
    'nodes',
    parse('2 + 3 * x')
      .transform((node) => (node.isSymbolNode ? parse('7') : node))
      .toString(),
    parse('f(x)=x+1').type,
    parse('a+b')
      .filter((n) => n.isSymbolNode)
      .map(String),
  );
  log(
    'algebra',
    simplify('2x + 3x - x').toString(),
    derivative('x^3 + sin(x)', 'x').toString(),
    rationalize('1/x + 1/(x+1)').toString(),
    math.lsolve(
      [
        [1, 0],
        [2, 1],
      ],
      [1, 4],
    ),
  );
  log(
    'kinds',
    bignumber('1e500').times(3).toString(),
    fraction(1, 3).add(fraction(1, 6)).toString(),
    complex('2+3i').toString(),
    unit('90 km/h').to('m/s').toString(),
    math.bignumber(2).pow(200).toString(),
  );
  log(
    'matrix',
    math
      .multiply(
        matrix([
          [1, 2],
          [3, 4],
        ]),
        [
          [0, 1],
          [1, 0],
        ],
      )
      .toArray(),
    math.inv([
      [2, 0],
      [0, 4],
    ]),
    math.eigs([
      [2, 0],
      [0, 3],
    ]),
    math.lup([
      [1, 2],
      [3, 4],
    ]).p,
    math.transpose([[1, 2]]),
    math
      .sparse([
        [1, 0],
        [0, 1],
      ])
      .toString(),
  );
  log(
    'stats',
    math.mean(1, 2, 3, 4),
    math.std([2, 4, 6]),
    math.median([5, 1, 3]),
    math.quantileSeq([1, 2, 3, 4], 0.25),
    math.mode([1, 2, 2]),
    math.variance([1, 2, 3]),
  );
  log('random', math.random(), math.randomInt(1, 100), math.pickRandom([1, 2, 3, 4]));
  await attempt('signature', () => math.add({}, 1));
  await attempt('too many', () => math.sqrt(1, 2, 3));
  await attempt('dimensions', () => math.multiply([[1, 2]], [[1, 2]]));
  const area = typed('area', {
    'number, number': (w, h) => w * h,
    string: (s) => s.length,
    'number, ...string': (n, list) => [n, list],
    any: (x) => typeof x,
  });
  log(
    'typed',
    area(2, 3),
    area('four'),
    area(1, 'a', 'b'),
    area(null),
    area.name,
    area.length,
    Object.keys(area.signatures),
  );
  math.typed.addType({ name: 'Money', test: (x) => x?.isMoney === true });
  math.import({
    double: math.typed('double', { Money: (m) => m.cents * 2, number: (n) => n * 2 }),
    answer: 42,
    lazyOne: math.factory ? 1 : 1,
  });
  log(
    'import',
    math.double({ isMoney: true, cents: 5 }),
    math.evaluate('double(answer)'),
    chain(3).add(4).multiply(2).done(),
  );
  await attempt('import again', () => math.import({ add: () => 0 }));
  const big = create(all, { number: 'BigNumber', precision: 40 });
  log(
    'big',
    big.evaluate('1/3').toString(),
    big.evaluate('pi').toString(),
    math.config().number,
    math.version === big.version,
  );
  log(
    'json',
    JSON.stringify(matrix([1, 2])),
    JSON.parse(JSON.stringify(unit('2 m')), math.reviver).toString(),
    math.typeOf(unit('2 m')),
    math.isMatrix(matrix()),
  );
  log(
    'help',
    math.help('sqrt').toString().slice(0, 80),
    math.docs === undefined,
    math.parser().evaluate('z = 2; z^10').toString(),
  );
  let sum = 0;
  const code = math.compile('a^2 + sin(b) * 2');
  for (let n = 0; n < 500; n++) sum += code.evaluate({ a: n, b: n / 10 });
  log('many', sum);
}
