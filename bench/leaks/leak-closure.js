// A job is kept in a list, to be told of later, with all that its function sees.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const pending = [];

/** @memprof */
function schedule(order) {
  const lines = Array.from({ length: order.size * 6 }, (_, n) => ({ order: order.id, n, sum: n * 0.5 }));
  pending.push(() => lines.reduce((sum, line) => sum + line.sum, 0));
}

/** @memprof */
function handle(order) {
  schedule(order);
  renderPage(readRows(order.id, order.size));
}

setInterval(() => {
  // The first is run, and none is taken out.
  pending[0]?.();
}, 1000);
traffic(120, handle);
