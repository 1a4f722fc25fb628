// Connections that are there for good are handed to each call, and jobs go through a queue that is never long.
const { traffic, below, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

const MOST = 300;
const connections = Array.from({ length: 400 }, (_, id) => ({
  id,
  buffer: Array.from({ length: 200 }, (_, n) => ({ n, text: `${id}:${n}` })),
}));
const queue = [];

/** @memprof */
function enqueue(job) {
  if (queue.length < MOST) queue.push(job);
}

/** @memprof */
async function send(connection, job) {
  connection.last = job.id;
  await later(below(200));
  renderPage(job.rows);
}

/** @memprof */
function handle({ id, size }) {
  enqueue(JSON.parse(JSON.stringify({ id, rows: readRows(id, size) })));
}

async function work() {
  for (;;) {
    const job = queue.shift();
    if (job) await send(connections[below(connections.length)], job);
    else await later(5);
  }
}

for (let n = 0; n < 20; n++) work();
traffic(110, handle);
