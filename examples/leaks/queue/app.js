// Jobs come faster than they are done.
const queue = [];
let id = 0;

/** @memprof */
function accept() {
  id++;
  queue.push({ id, lines: Array.from({ length: 500 }, (_, n) => ({ n, price: n * 1.1 })) });
}

/** @memprof */
function work() {
  const job = queue.shift();
  return job ? JSON.stringify(job).length : 0;
}

setInterval(accept, 4);
setInterval(work, 6);
setTimeout(() => process.exit(), 30_000);
