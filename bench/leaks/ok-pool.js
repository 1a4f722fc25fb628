// Buffers that are taken from a pool and given back.
const { traffic, below, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

const free = [];

/** @memprof */
function take() {
  if (free.length > 0) return free.pop();
  return Buffer.alloc(256 * 1024);
}

function giveBack(buffer) {
  if (free.length < 100) free.push(buffer);
}

/** @memprof */
async function handle({ id, size }) {
  const buffer = take();
  buffer.fill(id % 256, 0, size);
  const extra = Buffer.alloc(10_000 + below(50_000));
  await later(5 + below(100));
  renderPage(readRows(id, size + (extra[0] & 1)));
  giveBack(buffer);
}

traffic(120, handle);
