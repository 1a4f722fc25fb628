// Entries come through a port, so that no function of the program makes them, and one that is handed each keeps it.
const { MessageChannel } = require('node:worker_threads');
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const { port1, port2 } = new MessageChannel();
const entries = [];

/** @memprof */
function remember(entry) {
  entries.push(entry);
}

/** @memprof */
function check(entry) {
  if (entry.rows.length === 0) throw new Error('an empty entry');
  remember(entry);
}

/** @memprof */
function handle({ id, size }) {
  const rows = readRows(id, size);
  renderPage(rows);
  port1.postMessage({ id, rows: rows.slice(0, 200) });
}

port2.on('message', check);
traffic(100, handle);
