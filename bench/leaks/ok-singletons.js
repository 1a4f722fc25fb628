// Parts that are made when they are first needed, each once.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

const parts = new Map();

/** @memprof */
function makePart(name) {
  return { name, table: Array.from({ length: 40_000 }, (_, n) => ({ n, square: n * n + 0.5 })) };
}

/** @memprof */
function partOf(name) {
  if (!parts.has(name)) parts.set(name, makePart(name));
  return parts.get(name);
}

/** @memprof */
function handle({ id, size }) {
  const part = partOf(`part ${below(Math.min(20, 1 + Math.floor(performance.now() / 800)))}`);
  renderPage(readRows(part.name, size + (id % 50)));
}

traffic(120, handle);
