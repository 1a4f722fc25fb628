// A log that a module keeps, for a page that nobody asks for.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const entries = [];

/** @memprof */
function audit(action, rows) {
  entries.push({
    action,
    at: new Date().toISOString(),
    rows: rows.map(({ id, price }) => ({ id: `audit:${id}`, price, before: [price, price / 2] })),
  });
}

/** @memprof */
function handle({ id, size }) {
  const rows = readRows(id, size + 100);
  audit('read', rows);
  renderPage(rows);
}

traffic(130, handle);
