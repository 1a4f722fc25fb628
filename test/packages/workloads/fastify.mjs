// fastify: over real HTTP: hooks, plugins in their scopes, validators and serializers compiled to text, streams.

import { once } from 'node:events';
import http from 'node:http';
import { Readable } from 'node:stream';

export async function run({ loadDefault, log }) {
  const fastify = await loadDefault('fastify');
  const order = [];
  const app = fastify({ logger: false, genReqId: () => 'id' });
  for (const hook of [
    'onRequest',
    'preParsing',
    'preValidation',
    'preHandler',
    'preSerialization',
    'onSend',
    'onResponse',
  ]) {
    app.addHook(hook, async (request) => void order.push(`${hook} ${request.url}`));
  }
  app.addHook('onError', async (_request, _reply, error) => void order.push(`onError ${error.message}`));
  app.addHook('onClose', async () => void order.push('onClose'));
  app.decorate('config', { n: 1 }).decorateRequest('user', null);
  app.decorateReply('shout', function (text) {
    return this.send(`${text}!`);
  });
  app.register(
    async (scope) => {
      scope.addHook('preHandler', (request, _reply, done) => {
        request.user = { name: 'scoped' };
        done();
      });
      scope.get('/user', (request, reply) => {
        reply.send(request.user);
      });
      scope.setErrorHandler((error, _request, reply) => reply.code(418).send({ scoped: error.message }));
      scope.get('/fails', async () => {
        throw new Error('in scope');
      });
    },
    { prefix: '/scope' },
  );
  app.get('/', async () => ({ hello: 'world', n: app.config.n }));
  app.get('/shout', (_request, reply) => reply.shout('hey'));
  app.get('/stream', async () => Readable.from(['a', 'b', 'c']));
  app.get('/params/:id(^\\d+$)/*', async (request) => ({ ...request.params, q: request.query }));
  app.get('/throws', async () => {
    const error = new Error('teapot');
    error.statusCode = 409;
    error.code = 'CUSTOM';
    throw error;
  });
  app.get('/callback-throws', () => {
    throw new TypeError('sync');
  });
  app.post(
    '/items',
    {
      schema: {
        body: {
          type: 'object',
          required: ['name', 'count'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', minLength: 2 },
            count: { type: 'integer', default: 5 },
            tags: { type: 'array', items: { type: 'string' } },
          },
        },
        response: {
          201: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              double: { type: 'number' },
              when: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
    async (request, reply) => {
      reply.code(201).header('x-made', 'yes');
      return {
        name: request.body.name,
        double: request.body.count * 2,
        when: new Date(0),
        hidden: 'not in the schema',
      };
    },
  );
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body.split(',')),
  );
  app.post('/csv', async (request) => request.body);
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ none: request.url }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address();

  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const ask = async (method, path, body, type = 'application/json') => {
    const headers = body === undefined ? {} : { 'content-type': type };
    const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent });
    request.end(body);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const { date, ...rest } = response.headers;
    return [method, path, response.statusCode, typeof date, rest, text];
  };
  for (const path of [
    '/',
    '/shout',
    '/stream',
    '/params/12/a/b?x=1&x=2',
    '/params/xx/a',
    '/throws',
    '/callback-throws',
    '/scope/user',
    '/scope/fails',
    '/nope',
  ]) {
    order.length = 0;
    log('get', await ask('GET', path));
    // Its last hook runs when the answer has left.
    while (!order.some((line) => line.startsWith('onResponse'))) await new Promise(setImmediate);
    log('order', order);
  }
  for (const body of [
    '{"name":"ab","count":"7"}',
    '{"name":"a"}',
    '{"name":"ab","count":1,"more":2}',
    '{"broken',
    '',
  ])
    log('post', await ask('POST', '/items', body));
  log(
    'csv',
    await ask('POST', '/csv', 'a,b,c', 'text/csv'),
    await ask('POST', '/csv', 'x', 'text/unknown'),
    await ask('HEAD', '/'),
  );
  const many = await Promise.all(Array.from({ length: 60 }, (_, n) => ask('GET', `/params/${n}/x`)));
  log(
    'many',
    many.map((one) => one.at(-1)),
  );
  log(
    'inject',
    (await app.inject({ method: 'POST', url: '/items', payload: { name: 'in', count: 3 } })).json(),
    app.printRoutes(),
  );
  log(
    'kinds',
    app.hasRoute({ url: '/', method: 'GET' }),
    app.hasDecorator('config'),
    fastify.errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY.name,
  );
  agent.destroy();
  await app.close();
  log('closed', order.at(-1));
}
