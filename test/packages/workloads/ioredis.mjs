// ioredis: commands made in a loop, pipelines that are Proxies of sorts, scripts, streams, reconnection.

import { once } from 'node:events';

export async function run({ load, loadDefault, log, attempt, service }) {
  const module = await load('ioredis');
  log('exports', Object.keys(module).sort());
  const Redis = module.Redis ?? (await loadDefault('ioredis'));
  const { host, port } = service;
  const redis = new Redis({
    host,
    port,
    lazyConnect: true,
    retryStrategy: (times) => (times < 5 ? 1 : null),
  });
  const states = [];
  for (const name of ['connect', 'ready', 'close', 'reconnecting', 'end'])
    redis.on(name, () => states.push(name));
  await redis.connect();
  await redis.flushall();
  log(
    'strings',
    await redis.set('a', '1'),
    await redis.get('a'),
    await redis.incrby('a', 4),
    await redis.getBuffer('a'),
    await redis.get('none'),
  );
  log(
    'hash',
    await redis.hset('h', { x: 1, y: 'two' }),
    await redis.hgetall('h'),
    await redis.hset('h', new Map([['z', 3]])),
    await redis.hmget('h', 'x', 'z', 'no'),
  );
  log(
    'list',
    await redis.rpush('l', 'a', 'b', ['c', 'd']),
    await redis.lrange('l', 0, -1),
    await redis.zadd('z', 1, 'one', 2, 'two'),
    await redis.zrange('z', 0, -1, 'WITHSCORES'),
  );
  await attempt('wrong type', () => redis.lpush('a', 'x'));
  await attempt('unknown', () => redis.call('NOPE', 'x'));
  await attempt('arity', () => redis.get());
  log('pipeline', await redis.pipeline().set('p', 1).incr('p').lpush('p', 'wrong').get('p').exec());
  log(
    'multi',
    await redis.multi().set('m', 1).get('m').exec(),
    await redis.multi({ pipeline: false }),
    await redis.set('q', 2),
    await redis.exec(),
  );
  await attempt('multi fails', () => redis.multi().set('x').exec());
  redis.defineCommand('double', { numberOfKeys: 1, lua: 'return redis.call("get", KEYS[1]) * ARGV[1]' });
  log(
    'script',
    await redis.double('a', 3),
    typeof redis.double,
    redis.double.length,
    await redis.eval('return {1, "b", {KEYS[1]}}', 1, 'k'),
  );
  await redis.mset(
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key:${String(n).padStart(3, '0')}`, n])),
  );
  const found = [];
  for await (const keys of redis.scanStream({ match: 'key:*', count: 50 })) found.push(...keys);
  log('scan', found.length, new Set(found).size, found.sort().slice(0, 3));
  log(
    'many',
    await Promise.all(Array.from({ length: 200 }, (_, n) => redis.get(`key:${String(n).padStart(3, '0')}`))),
  );
  await new Promise((done) => redis.get('a', (error, value) => (log('callback', error, value), done())));

  const subscriber = redis.duplicate();
  await subscriber.connect();
  const heard = [];
  subscriber.on('message', (...all) => heard.push(all));
  subscriber.on('pmessage', (...all) => heard.push(all));
  log('subscribe', await subscriber.subscribe('news', 'more'), await subscriber.psubscribe('n*'));
  await attempt('while subscribed', () => subscriber.get('a'));
  const last = new Promise((done) => subscriber.on('message', (channel) => channel === 'more' && done()));
  log('publish', await redis.publish('news', 'one'), await redis.publish('more', 'two'));
  await last;
  log('heard', heard);
  const blocking = redis.duplicate();
  const popped = blocking.blpop('queue', 5);
  // The reader must wait first: what it does then is another path.
  while (!(await redis.client('LIST')).includes('cmd=blpop')) await new Promise(setImmediate);
  await redis.rpush('queue', 'job');
  log('blocking', await popped);

  log(
    'stream',
    await redis.xadd('s', '1-1', 'f', 'v'),
    await redis.xrange('s', '-', '+'),
    await redis.xread('STREAMS', 's', '0'),
  );
  const auto = new Redis({ host, port, enableAutoPipelining: true, keyPrefix: 'pre:' });
  log(
    'auto',
    await Promise.all([auto.set('a', 'x'), auto.get('a'), auto.incr('n'), auto.incr('n')]),
    await redis.get('pre:a'),
  );
  await attempt('auto wrong', () => Promise.all([auto.get('a'), auto.lpush('a', 1)]));
  const closed = once(redis, 'ready');
  const id = await redis.client('ID');
  await auto.client('KILL', 'ID', String(id));
  await closed;
  log('again', await redis.get('a'), states);
  Redis.Command.setReplyTransformer('hgetall', (all) =>
    Object.fromEntries(all.map((x, n) => [x, all[n + 1]]).filter((_, n) => n % 2 === 0)),
  );
  log('transformed', await redis.hgetall('h'));
  const gone = new Redis({ host, port: 1, lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  gone.on('error', (error) => log('gone', error.code));
  await attempt('nobody there', () => gone.connect());
  await redis.flushall();
  for (const one of [subscriber, blocking, auto, redis]) await one.quit();
  await attempt('after quit', () => redis.get('a'));
}
