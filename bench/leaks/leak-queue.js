// A queue whose consumer is slower than those who fill it.
const { traffic, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

const queue = [];

/** @memprof */
function enqueue(event) {
  queue.push({
    ...event,
    body: Array.from({ length: event.size * 5 }, (_, n) => ({ key: `k${n}`, value: n * Math.random() })),
  });
}

/** @memprof */
async function consume() {
  const event = queue.shift();
  if (event) renderPage(readRows(event.id, event.body.length % 200));
  await later(20);
}

async function consumer() {
  for (;;) await consume();
}

consumer();
traffic(130, enqueue);
