// No leak: one report reads everything, is sent, and is gone. It is told as the call that it was, and nobody is accused.

/** @memprof */
function report(rows) {
  return Array.from({ length: rows }, (_, n) => ({ n, share: n / 7 }));
}

/** @memprof */
function page(n) {
  return JSON.stringify(report(20 + (n % 10))).length;
}

let n = 0;
setInterval(() => page(n++), 10);
setTimeout(() => report(900_000), 5000);
setTimeout(() => process.exit(), 20_000);
