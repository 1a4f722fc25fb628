// A call waits for an answer that never comes, and holds what it has read.
const { traffic, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

const waiting = new Map();

/** @memprof */
function ask(id) {
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    // One in ten is answered.
    if (id % 10 === 0) setTimeout(() => answer(id), 50);
  });
}

function answer(id) {
  waiting.get(id)(id);
  waiting.delete(id);
}

/** @memprof */
async function checkout({ id, size }) {
  const cart = Array.from({ length: size * 6 }, (_, n) => ({ item: `${id}/${n}`, count: n, price: n * 1.1 }));
  await later(1);
  await ask(id);
  return cart.length;
}

/** @memprof */
function handle(request) {
  checkout(request);
  renderPage(readRows(request.id, request.size));
}

traffic(100, handle);
