// lodash: one big closure, functions made by functions, templates compiled with `with`, lazy chains, debounce.

export async function run({ load, loadDefault, log, attempt }) {
  log('exports', Object.keys(await load('lodash')).sort().length);
  const _ = await loadDefault('lodash');
  log('functions', _.functions(_).length, _.VERSION);
  const people = [
    { name: 'Ann', age: 31, tags: ['a', 'b'] },
    { name: 'Bob', age: 25, tags: [] },
    { name: 'Cyd', age: 31, tags: ['b'] },
  ];
  log(
    'group',
    _.groupBy(people, 'age'),
    _.keyBy(people, (p) => p.name[0]),
    _.countBy(people, 'age'),
  );
  log(
    'sort',
    _.orderBy(people, ['age', 'name'], ['desc', 'asc']),
    _.sortedUniq([1, 1, 2]),
    _.sortBy(people, 'age'),
  );
  log(
    'chain',
    _(people).filter({ age: 31 }).map('name').reverse().value(),
    _.chain([3, 1, 2]).sort().first().value(),
  );
  const seen = [];
  const lazy = _(_.range(1000))
    .map((n) => (seen.push(n), n * n))
    .filter((n) => n % 2 === 0)
    .take(3);
  log('lazy', lazy.value(), seen);
  log(
    'deep',
    _.cloneDeep({ a: [new Map([[1, { b: new Set([2]) }]]), /x/g, new Date(0)], c: Symbol.iterator }),
  );
  const loop = { self: null, list: [1] };
  loop.self = loop;
  log('cycle', _.cloneDeep(loop), _.isEqual(loop, _.cloneDeep(loop)));
  log(
    'merge',
    _.merge({ a: [{ b: 1 }] }, { a: [{ c: 2 }, 3] }),
    _.defaultsDeep({ a: { b: 1 } }, { a: { b: 2, c: 3 } }),
  );
  log(
    'paths',
    _.get(people, '[0].tags[1]'),
    _.set({}, 'a[0].b', 1),
    _.unset({ a: 1 }, 'a'),
    _.toPath('a.b["c d"]'),
  );
  const compiled = _.template(
    '<% _.forEach(list, function (x) { %><li><%- x %></li><% }) %>${ n }<%= typeof missing %>',
    {
      imports: { _ },
    },
  );
  log('template', compiled({ list: ['<a>', 'b&'], n: 7, missing: 1 }), compiled.source);
  await attempt('template error', () => _.template('<%= missing.x %>')({}));
  await attempt('bad template', () => _.template('<% if ( %>'));
  const add = _.curry((a, b, c) => [a, b, c]);
  log('curry', add(1)(2)(3), add(_, 2)(1, 3), add.length, _.partialRight(add, 9)(7, 8), _.flip(add)(1, 2, 3));
  log(
    'ary',
    _.ary(Math.max, 1)(1, 5),
    _.rearg(add, [2, 0, 1])(1, 2, 3),
    _.overArgs((a, b) => [a, b], [_.toUpper, _.size])('x', 'yz'),
  );
  function Counter() {
    if (!(this instanceof Counter)) return 'plain call';
    this.n = arguments.length;
  }
  log(
    'bind',
    new (_.bind(Counter, null, 1))(2),
    _.bindKey(
      {
        f() {
          return this.v;
        },
        v: 4,
      },
      'f',
    )(),
    _.wrap(Counter, (f, x) => [x, f()])(3),
  );
  const memo = _.memoize((x) => ({ x }));
  log('memo', memo(1) === memo(1), memo.cache.size, _.once(() => seen.push('once')) !== undefined);
  log(
    'sum',
    _.sumBy(people, 'age'),
    _.meanBy(people, (p) => p.age),
    _.maxBy(people, 'age'),
    _.zipWith([1, 2], [3, 4], _.add),
  );
  log(
    'words',
    _.camelCase('Foo bar--baz'),
    _.kebabCase('FooBarBaz'),
    _.words('fred, barney & x'),
    _.deburr('déjà vu'),
    _.startCase('--foo-bar'),
  );
  log(
    'number',
    _.clamp(9, 1, 5),
    _.inRange(3, 2, 4),
    _.round(4.006, 2),
    _.toInteger('3.7'),
    _.parseInt('08'),
  );
  log(
    'sets',
    _.differenceWith([{ a: 1 }], [{ a: 1 }], _.isEqual),
    _.xor([1, 2], [2, 3]),
    _.intersectionBy([2.1], [2.9], Math.floor),
    _.uniqWith([[1], [1]], _.isEqual),
  );
  log(
    'is',
    [1, '', null, {}, [], _.identity, new Map(), Buffer.alloc(1), NaN].map((v) => [
      _.isPlainObject(v),
      _.isEmpty(v),
      _.isBuffer(v),
      // A function's text is no result: it shows what was put into it.
      _.isFunction(v) || _.toString(v).length,
    ]),
  );
  log(
    'native',
    _.isNative(Map),
    _.isNative(_.map),
    _.isNative(function own() {}),
  );
  log(
    'conform',
    _.conformsTo({ a: 1 }, { a: (n) => n > 0 }),
    _.cond([
      [_.isString, _.toUpper],
      [_.stubTrue, _.identity],
    ])('up'),
    _.flow([_.add, (n) => n * 2])(1, 2),
  );
  log(
    'attempt',
    _.attempt(() => _.nope()),
    _.attempt(JSON.parse, '{'),
    _.invokeMap([[3, 1]], 'sort'),
    _.result({ f: () => 5 }, 'f'),
  );
  log(
    'mixin',
    (_.mixin({ shout: (s) => `${s}!` }), _('hi').shout(), Object.keys(_.runInContext().templateSettings)),
  );
  const order = [];
  await new Promise((done) => {
    const late = _.debounce((x) => (order.push(`debounced ${x}`), done()), 50);
    late(1);
    late(2);
    const throttled = _.throttle((x) => order.push(`throttled ${x}`), 1000, { trailing: false });
    throttled(1);
    throttled(2);
    _.defer((x) => order.push(`deferred ${x}`), 'd');
    order.push('now');
  });
  log('timers', order);
  if (process.env.SERVICE === undefined)
    log(
      'flat',
      _.flattenDeep([1, [2, [3, [4]]]]),
      _.chunk(_.range(7), 3),
      _.fromPairs([['a', 1]]),
      _.invert({ a: 'b' }),
    );
  await attempt('fp', async () => {
    const fp = await loadDefault('lodash/fp.js');
    return [
      fp.map((...all) => all.length)([1]),
      fp.flow(fp.filter('ok'), fp.map('n'))([{ ok: 1, n: 2 }, {}]),
      fp.set('a.b', 1, {}),
      fp.curry.placeholder === fp.__,
    ];
  });
}
