// Events are gathered and written out every four seconds.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

let batch = [];

/** @memprof */
function collect({ id, size }) {
  batch.push({ id, fields: Array.from({ length: 200 + size * 2 }, (_, n) => ({ n, value: n * 0.3 })) });
}

/** @memprof */
function flush() {
  const text = JSON.stringify(batch);
  batch = [];
  return text.length;
}

/** @memprof */
function handle(request) {
  collect(request);
  renderPage(readRows(request.id, request.size));
}

setInterval(flush, 4000);
traffic(120, handle);
