// Each request listens while it lasts.
const { EventEmitter } = require('node:events');
const { traffic, below, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

const feed = new EventEmitter();
feed.setMaxListeners(0);

/** @memprof */
async function handle({ id, size }) {
  const seen = Array.from({ length: 500 }, (_, n) => [n, id]);
  const listener = (price) => seen.push([price, id]);
  feed.on('price', listener);
  try {
    await later(50 + below(300));
    renderPage(readRows(id, size + (seen.length & 1)));
  } finally {
    feed.off('price', listener);
  }
}

setInterval(() => feed.emit('price', Math.random()), 50);
traffic(120, handle);
