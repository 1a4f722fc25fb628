// The API on Fastify. Serves bench/service.

const { openOrders } = require('./orders');

const app = require('fastify')();

async function getOrders(request) {
  const { customerId, leastCents } = readQuery(request);
  return openOrders(customerId, leastCents);
}

function readQuery({ params, query }) {
  return { customerId: Number(params.id), leastCents: Number(query.least ?? 0) };
}

app.get('/customers/:id/orders', getOrders);

exports.listen = async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
};
