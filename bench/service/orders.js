// The service and the repository of a small API: an order list that is read, filtered and summed up. Serves
// bench/service, which runs it plain and instrumented; it must never know which.

const { setImmediate: laterTurn } = require('node:timers/promises');

const STATES = ['open', 'paid', 'sent', 'returned'];

async function loadOrders(customerId) {
  // A query's round trip without a database: the answer comes in a later turn, as a socket's would.
  await laterTurn();
  return parseRows(customerId);
}

function parseRows(customerId) {
  const rows = [];
  for (let i = 0; i < 50; i++) {
    rows.push({
      id: customerId * 1000 + i,
      customerId,
      state: STATES[(customerId + i) & 3],
      cents: ((customerId * 31 + i * 17) % 400) * 100,
      note: `order ${i}`,
    });
  }
  return rows;
}

async function openOrders(customerId, leastCents) {
  const rows = await loadOrders(customerId);
  const open = rows.filter((row) => row.state === 'open' && row.cents >= leastCents);
  return summarize(customerId, open);
}

function summarize(customerId, orders) {
  return {
    customerId,
    count: orders.length,
    cents: orders.reduce((sum, { cents }) => sum + cents, 0),
    orders,
  };
}

module.exports = { openOrders };
