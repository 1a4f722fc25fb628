// bluebird: functions generated as text from names and arity, eval to shape objects, its own queue, cancellation,
// coroutines on generators, long stack traces read from stacks.

export async function run({ loadDefault, log, attempt }) {
  const Promise_ = (await loadDefault('bluebird')).getNewLibraryCopy();
  log('exports', Object.keys(Promise_).sort());
  const P = Promise_;
  P.config({ cancellation: true, longStackTraces: true });
  const order = [];
  const chain = P.resolve(1)
    .then((x) => (order.push('then'), x + 1))
    .tap(() => order.push('tap'))
    .finally(() => order.push('finally'));
  process.nextTick(() => order.push('tick'));
  setImmediate(() => order.push('immediate'));
  Promise.resolve().then(() => order.push('native'));
  order.push('now');
  log('value', await chain, await new Promise((done) => setImmediate(() => done(order))));
  log(
    'all',
    await P.all([1, P.delay(2, 'b'), Promise.resolve('c')]),
    await P.props({ a: P.resolve(1), b: 2 }),
    await P.any([P.reject(new Error('x')), P.delay(1, 'any')]),
  );
  log(
    'some',
    await P.some([P.delay(150), P.delay(1, 'p'), P.delay(60, 'q')], 2),
    await P.race([P.delay(100), P.delay(1, 'first')]),
  );
  await attempt('any fails', () =>
    P.any([P.reject(new Error('a')), P.reject(new Error('b'))]).catch(P.AggregateError, (e) => {
      throw new Error(`${e.length} ${e[0].message}`);
    }),
  );
  log(
    'map',
    await P.map([3, 1, 2], (n) => P.delay(n).return(n * 2), { concurrency: 2 }),
    await P.mapSeries([1, 2], (n, i, len) => [n, i, len]),
    await P.reduce([1, 2, 3], (a, b) => a + b, 10),
    await P.filter([1, 2, 3], (n) => n % 2),
    await P.each([5, 6], (n) => void order.push(n)),
  );
  log(
    'spread',
    await P.resolve([1, 2]).spread((a, b) => a + b),
    await P.join(1, P.resolve(2), (a, b) => [a, b]),
    await P.resolve({ f: (x) => x * 2 }).call('f', 4),
    await P.resolve({ a: 1 }).get('a'),
  );
  await attempt('filtered', () =>
    P.reject(new RangeError('r'))
      .catch(TypeError, () => 'wrong')
      .catch({ name: 'RangeError' }, (e) => `matched ${e.message}`),
  );
  await attempt('unfiltered', () =>
    P.try(() => {
      throw new TypeError('sync');
    }).catch(RangeError, () => 'wrong'),
  );
  await attempt('timeout', () => P.delay(50).timeout(2, 'too late'));
  await attempt('cycle', () => {
    const one = P.delay(0).then(() => one);
    return one;
  });
  const api = {
    base: 10,
    add(a, b, done) {
      setImmediate(done, null, this.base + a + b);
    },
    fail(done) {
      done(Object.assign(new Error('coded'), { code: 'E' }));
    },
    several(done) {
      done(null, 1, 2);
    },
    two_ways() {},
  };
  P.promisifyAll(api);
  log(
    'promisified',
    await api.addAsync(1, 2),
    Object.keys(api),
    api.addAsync.length,
    api.addAsync.name,
    await P.promisify(api.several, { multiArgs: true })(),
    await P.fromCallback((done) => done(null, 'cb')),
  );
  await attempt('operational', () => api.failAsync().error((e) => `${e.name} ${e.code} ${e.isOperational}`));
  const many = (...all) => {
    all.pop()(null, all.length);
  };
  log(
    'arity',
    await P.promisify(many)(1, 2, 3, 4, 5, 6, 7, 8, 9),
    await new P((done) => P.resolve('node').asCallback((e, v) => done([e, v]))),
  );
  const work = P.coroutine(function* (n) {
    const a = yield P.delay(1, n);
    try {
      yield P.reject(new Error('inside'));
    } catch (error) {
      order.push(error.message);
    }
    const [b, c] = yield P.all([2, 3]);
    return a + b + c;
  });
  log('coroutine', await work(1), work.length);
  await attempt('bad yield', () =>
    P.coroutine(function* () {
      yield 5;
    })(),
  );
  const released = [];
  const resource = (name) => P.resolve(name).disposer((n) => void released.push(n));
  await attempt('using', () =>
    P.using(resource('a'), resource('b'), (a, b) => {
      released.push(`${a}${b}`);
      throw new Error('in using');
    }),
  );
  log('released', released);
  const cancelled = [];
  const cancellable = new P((_resolve, _reject, onCancel) => onCancel(() => cancelled.push('on cancel')));
  cancellable.finally(() => cancelled.push('finally'));
  cancellable.cancel();
  // bluebird's queue runs in an immediate, which a timer can overtake.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  log('cancelled', cancelled, cancellable.isCancelled(), cancellable.isPending());
  const inspected = P.reject(new Error('kept')).reflect();
  log(
    'reflect',
    (await inspected).isRejected(),
    (await inspected).reason(),
    (await P.allSettled([1, P.reject(2)])).map((one) => one.isFulfilled()),
  );
  const unhandled = new Promise((done) => P.onPossiblyUnhandledRejection((e) => done(e)));
  P.reject(new Error('nobody'));
  log('nobody', await unhandled);
  const bound = await P.bind({ ctx: 1 }).then(function () {
    return this;
  });
  log(
    'bound',
    bound,
    P.is(chain),
    P.resolve(1).constructor === P,
    `${P.resolve(1)}`,
    JSON.stringify(P.resolve(7)),
  );
  const traced = await P.resolve()
    .then(function outer() {
      return P.delay(1).then(function inner() {
        throw new Error('traced');
      });
    })
    .catch((e) => e);
  log(
    'long stack',
    traced.stack
      .split('\n')
      .filter((l) => /From previous event|inner|outer/.test(l))
      .map((l) => l.replace(/\(.*[\\/]/, '(').replace(/:\d+:\d+/, '')),
  );
  log(
    'many',
    (
      await P.map(
        Array.from({ length: 500 }, (_, n) => n),
        (n) => P.resolve(n).then((x) => x * 2),
      )
    ).length,
  );
}
