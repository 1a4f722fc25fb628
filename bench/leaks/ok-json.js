// Nothing but garbage, and much of it.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

/** @memprof */
function merge(a, b) {
  return JSON.parse(JSON.stringify([...a, ...b].sort((x, y) => x.price - y.price)));
}

/** @memprof */
function handle({ id, size }) {
  const merged = merge(readRows(id, size * 2), readRows(-id, size));
  renderPage(merged);
}

traffic(160, handle);
