// rxjs: subscriptions that call each other, schedulers, errors, asynchronous iterators.

export async function run({ load, log, attempt, stack }) {
  const rx = await load('rxjs');
  const operators = await load('rxjs/operators');
  const { TestScheduler } = await load('rxjs/testing');
  log('exports', Object.keys(rx).sort(), Object.keys(operators).sort());
  const {
    of,
    from,
    range,
    defer,
    throwError,
    concat,
    merge,
    zip,
    combineLatest,
    interval,
    timer,
    EMPTY,
    generate,
  } = rx;
  const {
    Subject,
    BehaviorSubject,
    ReplaySubject,
    AsyncSubject,
    Observable,
    Subscription,
    lastValueFrom,
    firstValueFrom,
  } = rx;
  const {
    map,
    filter,
    scan,
    mergeMap,
    switchMap,
    concatMap,
    exhaustMap,
    catchError,
    retry,
    take,
    toArray,
    share,
    groupBy,
  } = operators;
  const {
    bufferCount,
    debounceTime,
    distinctUntilChanged,
    delay,
    finalize,
    reduce,
    startWith,
    takeUntil,
    tap,
    timeout,
    window,
    expand,
  } = operators;
  const { observeOn, subscribeOn, materialize, pairwise, shareReplay, withLatestFrom } = operators;
  const { asapScheduler, asyncScheduler, queueScheduler, animationFrameScheduler, eachValueFrom } = rx;
  const all = (source) => lastValueFrom(source.pipe(toArray()), { defaultValue: [] });

  log(
    'sync',
    await all(
      range(1, 10).pipe(
        filter((n) => n % 2),
        map((n) => n * n),
        scan((a, b) => a + b, 0),
        startWith('s'),
      ),
    ),
  );
  log(
    'group',
    await all(
      of(1, 2, 3, 4, 5).pipe(
        groupBy((n) => n % 2),
        mergeMap((g) => g.pipe(reduce((a, b) => [...a, b], [g.key]))),
      ),
    ),
  );
  log(
    'expand',
    await all(
      of(1).pipe(
        expand((n) => (n < 64 ? of(n * 2) : EMPTY)),
        pairwise(),
      ),
    ),
  );
  log(
    'zip',
    await all(zip(of(1, 2, 3), 'ab', [true, false])),
    await all(combineLatest({ a: of(1, 2), b: of('x') })),
  );
  log('generate', await all(generate({ initialState: 1, condition: (n) => n < 20, iterate: (n) => n * 3 })));
  log(
    'iterables',
    await all(from(new Set([1, 2]))),
    await all(
      from(
        (function* () {
          yield 1;
          yield 2;
        })(),
      ),
    ),
    await all(
      from(
        (async function* () {
          yield 'a';
          yield 'b';
        })(),
      ),
    ),
  );
  for (const [name, flat] of Object.entries({ mergeMap, switchMap, concatMap, exhaustMap })) {
    log(name, await all(of(3, 1, 2).pipe(flat((n) => timer(n * 40).pipe(map(() => n))))));
  }
  await attempt('error', () =>
    all(
      concat(
        of(1),
        throwError(() => new RangeError('from rx')),
      ),
    ),
  );
  let tries = 0;
  log(
    'retry',
    await all(
      defer(() => (++tries < 3 ? throwError(() => new Error(`try ${tries}`)) : of(`ok after ${tries}`))).pipe(
        retry(5),
      ),
    ),
  );
  log(
    'catch',
    await all(
      of(1, 2).pipe(
        map((n) => {
          if (n === 2) throw new TypeError('in map');
          return n;
        }),
        catchError((e) => of(e)),
        materialize(),
      ),
    ),
  );
  await attempt('empty', () => firstValueFrom(EMPTY));
  await attempt('timeout', () => all(rx.NEVER.pipe(timeout(5))));
  try {
    await all(of(1).pipe(map(() => null.x)));
  } catch (error) {
    log('inner', error);
    stack('inner', error);
  }

  const events = [];
  const subject = new Subject();
  const kept = subject.pipe(
    tap((x) => events.push(`tap ${x}`)),
    finalize(() => events.push('final')),
    share(),
  );
  const one = kept.subscribe({
    next: (x) => events.push(`one ${x}`),
    complete: () => events.push('one done'),
  });
  const two = kept
    .pipe(take(2))
    .subscribe({ next: (x) => events.push(`two ${x}`), complete: () => events.push('two done') });
  for (const x of [1, 2, 3]) subject.next(x);
  two.unsubscribe();
  one.add(() => events.push('teardown'));
  one.unsubscribe();
  subject.next(4);
  log('subject', events, subject.observed, one.closed);
  const behavior = new BehaviorSubject('b0');
  const replay = new ReplaySubject(2);
  const last = new AsyncSubject();
  for (const x of ['b1', 'b2', 'b3']) for (const s of [behavior, replay, last]) s.next(x);
  for (const s of [behavior, replay, last]) s.complete();
  log('subjects', behavior.value, await all(replay), await all(last));
  await attempt('closed', () => (behavior.unsubscribe(), behavior.next(1)));

  const order = [];
  const scheduled = [asyncScheduler, asapScheduler, queueScheduler].map((s, n) =>
    all(
      of(n).pipe(
        observeOn(s),
        subscribeOn(s),
        tap((x) => order.push(x)),
      ),
    ),
  );
  order.push('now');
  await Promise.all(scheduled);
  queueScheduler.schedule(
    function (n) {
      order.push(`queue ${n}`);
      if (n < 3) this.schedule(n + 1);
    },
    0,
    0,
  );
  log('order', order, typeof animationFrameScheduler.now, eachValueFrom);
  const stop = new Subject();
  const ticks = all(interval(1).pipe(take(5), bufferCount(2), takeUntil(stop)));
  log(
    'ticks',
    await ticks,
    await all(merge(of(1).pipe(delay(60)), of(2).pipe(delay(1)))),
    await all(from([1, 1, 2]).pipe(distinctUntilChanged(), debounceTime(1))),
  );
  const shared = defer(() => of(Math.sign(5))).pipe(shareReplay(1), withLatestFrom(of('w')));
  log(
    'replayed',
    await all(shared),
    await all(shared),
    await all(
      of(1, 2, 3).pipe(
        window(EMPTY),
        mergeMap((w) => w.pipe(toArray())),
      ),
    ),
  );
  const bad = new Subscription(() => {
    throw new Error('in teardown');
  });
  bad.add(() => {
    throw new Error('second');
  });
  await attempt('teardown', () => bad.unsubscribe());
  const raw = new Observable((s) => {
    s.next(1);
    s.complete();
    s.next(2);
    return () => events.push('raw');
  });
  log('raw', await all(raw), raw.subscribe.length, Object.prototype.toString.call(raw), rx.config);
  // An error that nobody takes arrives as an uncaught one, later.
  const reported = new Promise((resolve) => {
    rx.config.onUnhandledError = (e) => resolve(e);
  });
  throwError(() => new Error('nobody takes it')).subscribe();
  log('reported', await reported);
  const test = new TestScheduler((actual, expected) =>
    log('marbles', JSON.stringify(actual) === JSON.stringify(expected), actual.length),
  );
  test.run(({ cold, expectObservable }) =>
    expectObservable(cold('-a-b-(c|)').pipe(map((x) => x + x))).toBe('-d-e-(f|)', {
      d: 'aa',
      e: 'bb',
      f: 'cc',
    }),
  );
}
