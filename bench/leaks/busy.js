// A service under full load: a cache that holds what it may, and pages made as fast as can be. Tells the processor time it took.
const { below } = require('./traffic');
const { readRows, renderPage } = require('./work');

const cache = new Map();
const REQUESTS = 120_000;

/** @memprof */
function load(key) {
  return Array.from({ length: 200 }, (_, n) => ({ n, text: `${key}:${n}` }));
}

/** @memprof */
function lookUp(key) {
  if (!cache.has(key)) cache.set(key, load(key));
  if (cache.size > 1000) cache.delete(cache.keys().next().value);
  return cache.get(key);
}

/** @memprof */
function handle(n) {
  lookUp(below(1200));
  renderPage(readRows(n, 60));
}

let n = 0;
function turn() {
  for (let i = 0; i < 20 && n < REQUESTS; i++) handle(n++);
  if (n < REQUESTS) return void setImmediate(turn);
  const { user, system } = process.cpuUsage();
  process.send((user + system) / 1000, () => process.exit());
}
turn();
