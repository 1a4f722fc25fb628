// Each connection listens to the feed, and none stops.
const { EventEmitter } = require('node:events');
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const feed = new EventEmitter();
feed.setMaxListeners(0);

class Connection {
  constructor(id, size) {
    this.id = id;
    this.buffer = Array.from({ length: size * 8 }, (_, n) => ({ n, text: `${id}:${n}` }));
  }

  /** @memprof */
  subscribe() {
    const backlog = Array.from({ length: 400 }, (_, n) => [n, this.id, n / 3]);
    feed.on('price', (price) => {
      backlog[0] = [price, this.id, this.buffer.length];
    });
  }
}

/** @memprof */
function handle({ id, size }) {
  const connection = new Connection(id, 1);
  connection.subscribe();
  renderPage(readRows(id, size));
}

setInterval(() => feed.emit('price', Math.random()), 1000);
traffic(80, handle);
