// A report every seven seconds, which is held for two.
const { traffic, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

/** @memprof */
function buildReport() {
  return Array.from({ length: 400_000 }, (_, n) => ({ n, share: n / 7 }));
}

/** @memprof */
async function report() {
  const rows = buildReport();
  await later(2000);
  return rows.length;
}

/** @memprof */
function handle({ id, size }) {
  renderPage(readRows(id, size));
}

setInterval(report, 7000);
traffic(120, handle);
