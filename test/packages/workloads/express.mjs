// express: over real HTTP: middleware chains, routers, error handlers by their number of parameters, views.

import { once } from 'node:events';
import http from 'node:http';

export async function run({ loadDefault, load, log }) {
  log('exports', Object.keys(await load('express')).sort());
  const express = await loadDefault('express');
  const app = express();
  const order = [];
  app.disable('x-powered-by').set('env', 'test').set('json spaces', 1).set('trust proxy', true);
  app.use((req, res, next) => {
    order.push(`first ${req.method} ${req.url}`);
    res.on('finish', () => order.push(`finish ${res.statusCode}`));
    next();
  });
  app.use(
    express.json({ limit: '1kb' }),
    express.urlencoded({ extended: true }),
    express.text({ type: 'text/*' }),
  );
  app.param('id', (req, _res, next, id) => {
    req.item = { id: Number(id) };
    Number.isNaN(req.item.id) ? next(new RangeError(`no id: ${id}`)) : next();
  });
  app.get('/', (req, res) =>
    res.json({ query: req.query, ip: req.ip, host: req.hostname, fresh: req.fresh }),
  );
  app.get('/items/:id', (req, res) => res.set('X-Item', String(req.item.id)).status(203).send(req.item));
  app.get(
    '/skip',
    (_req, _res, next) => next('route'),
    () => order.push('never'),
  );
  app.get('/skip', (_req, res) => res.type('txt').send('skipped'));
  app.get('/async', async (_req, res) => {
    await null;
    res.cookie('a', 'b', { httpOnly: true }).redirect('/elsewhere');
  });
  app.get('/rejects', async () => {
    await null;
    throw Object.assign(new Error('rejected'), { status: 422 });
  });
  app.get('/throws', () => {
    throw new TypeError('thrown');
  });
  app.get('/negotiate', (req, res) =>
    res.format({
      text: () => res.send('text'),
      html: () => res.send('<p>'),
      default: () => res.status(406).send('none'),
    }),
  );
  app.get('/files/*rest', (req, res) => res.attachment('x.csv').send(req.params.rest.join('|')));
  app.get('/sent', (_req, res, next) =>
    res.sendFile('package.json', { root: '/nowhere' }, (error) => next(error)),
  );
  app.all('/echo', (req, res) =>
    res.send({ body: req.body, type: req.get('content-type'), is: req.is('json') }),
  );
  app.engine('tpl', (path, options, done) =>
    done(null, `${path.split('/').pop()} ${options.title} ${options.settings.env}`),
  );
  const router = express.Router({ mergeParams: true });
  router.use((req, _res, next) => {
    order.push(`router ${req.baseUrl} ${req.params.owner}`);
    next();
  });
  router
    .route('/things')
    .get((req, res) => res.send(`things of ${req.params.owner}`))
    .post((_req, res) => res.sendStatus(201));
  router.use((error, _req, _res, next) => {
    order.push(`router error ${error.message}`);
    next(error);
  });
  router.get('/fail', (_req, _res, next) => next(new Error('in router')));
  app.use('/owners/:owner', router);
  const sub = express();
  sub.on('mount', (parent) => order.push(`mounted ${parent === app}`));
  sub.get('/', (req, res) => res.send(`${req.baseUrl} ${sub.path()}`));
  app.use('/sub', sub);
  app.use((req, res) => res.status(404).send(`none ${req.path}`));
  app.use((error, _req, res, _next) =>
    res.status(error.status ?? 500).json({ name: error.name, message: error.message, type: error.type }),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const ask = async (method, path, body, headers = {}) => {
    const request = http.request({
      port,
      host: '127.0.0.1',
      method,
      path,
      headers: { host: 'a.example', ...headers },
      agent,
    });
    request.end(body);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const { date, ...rest } = response.headers;
    return [method, path, response.statusCode, typeof date, rest, text];
  };
  for (const path of [
    '/?a=1&b[]=2',
    '/items/7',
    '/items/x',
    '/skip',
    '/async',
    '/rejects',
    '/throws',
    '/negotiate',
    '/files/a/b.c',
    '/sent',
    '/owners/o%20p/things',
    '/owners/o/fail',
    '/sub',
    '/none',
    '/%zz',
  ]) {
    log('get', await ask('GET', path));
  }
  const json = { 'content-type': 'application/json' };
  log(
    'bodies',
    await ask('POST', '/echo', '{"a":[1]}', json),
    await ask('POST', '/echo', '{"a"', json),
    await ask('POST', '/echo', `"${'x'.repeat(2000)}"`, json),
  );
  log(
    'form',
    await ask('PUT', '/echo', 'a[b]=1&c=2', { 'content-type': 'application/x-www-form-urlencoded' }),
    await ask('POST', '/echo', 'plain', { 'content-type': 'text/plain' }),
  );
  log(
    'etag',
    await ask('GET', '/items/7', undefined, { 'if-none-match': (await ask('GET', '/items/7'))[4].etag }),
    await ask('HEAD', '/items/7'),
    await ask('OPTIONS', '/owners/o/things'),
  );
  log(
    'many',
    (await Promise.all(Array.from({ length: 60 }, (_, n) => ask('GET', `/items/${n}`)))).map((one) =>
      one.at(-1),
    ),
  );
  log('order', order.slice(0, 60));
  log(
    'kinds',
    app.length,
    app.name,
    app.handle.length,
    Object.keys(app.settings).sort(),
    express.Router.name,
    express.response.constructor.name,
  );
  agent.destroy();
  await new Promise((done) => server.close(done));
}
