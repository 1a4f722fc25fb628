// Uploads are kept "until they are acknowledged", which none is.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

const unacknowledged = [];

/** @memprof */
function receive(id, size) {
  const upload = Buffer.alloc(20_000 + size * 100, id % 256);
  unacknowledged.push(upload);
  return upload.length;
}

/** @memprof */
function thumbnail(size) {
  const pixels = Buffer.alloc(60_000 + below(60_000));
  return pixels[size];
}

/** @memprof */
function handle({ id, size }) {
  receive(id, size);
  thumbnail(size);
  thumbnail(size);
  renderPage(readRows(id, size));
}

traffic(100, handle);
