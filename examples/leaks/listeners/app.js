// Each connection listens to the feed; when it closes, nobody says `off`.
const { EventEmitter } = require('node:events');

const feed = new EventEmitter();
feed.setMaxListeners(0);

/** @memprof */
function connect(id) {
  const backlog = Array.from({ length: 400 }, (_, n) => ({ n, id }));
  feed.on('price', (price) => {
    backlog[0].n = price;
  });
}

let id = 0;
setInterval(() => {
  for (let n = 0; n < 4; n++) connect(id++);
}, 20);
setInterval(() => feed.emit('price', Math.random()), 1000);
setTimeout(() => process.exit(), 30_000);
