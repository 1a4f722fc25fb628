// A word of each document is kept, and with it the document.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const words = new Set();

/** @memprof */
function fetchDocument(id) {
  const parts = [];
  for (let n = 0; n < 1500; n++) parts.push(`word${id}x${n}`);
  return parts.join(' ');
}

/** @memprof */
function index(id) {
  const document = fetchDocument(id);
  words.add(document.slice(100, 120));
}

/** @memprof */
function handle({ id, size }) {
  index(id);
  renderPage(readRows(id, size));
}

traffic(150, handle);
