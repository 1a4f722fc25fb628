// The API on Express. Serves bench/service.

const express = require('express');
const { openOrders } = require('./orders');

async function getOrders(request, response) {
  const { customerId, leastCents } = readQuery(request);
  response.json(await openOrders(customerId, leastCents));
}

function readQuery({ params, query }) {
  return { customerId: Number(params.id), leastCents: Number(query.least ?? 0) };
}

const app = express();
app.get('/customers/:id/orders', getOrders);

exports.listen = () =>
  new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
