// Uploads wait to be acknowledged, and none ever is: they lie outside the heap, where its limit does not count.
const unacknowledged = new Map();

/** @memprof */
function receive(id) {
  unacknowledged.set(id, Buffer.alloc(40_000, 1));
}

/** @memprof */
function thumbnail(id) {
  const pixels = Buffer.alloc(120_000, id % 256);
  return pixels[100];
}

let id = 0;
setInterval(() => {
  receive(id);
  thumbnail(id++);
}, 10);
setTimeout(() => process.exit(), 40_000);
