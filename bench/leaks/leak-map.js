// A Map with objects for keys, where a WeakMap was meant.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const metaOf = new Map();

/** @memprof */
function annotate(request) {
  metaOf.set(request, {
    trace: Array.from({ length: 600 }, (_, n) => ({ step: n, took: Math.random() })),
    user: `u${request.id}`,
  });
}

/** @memprof */
function handle(request) {
  annotate(request);
  const rows = readRows(metaOf.get(request).user, request.size);
  renderPage(rows);
}

traffic(100, handle);
