// Users come during the first seconds, and then as many go as come.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const sessions = new Map();
const MOST = 1200;

/** @memprof */
function login({ id, size }) {
  sessions.set(id, { id, cart: Array.from({ length: 250 + size }, (_, n) => ({ item: n, price: n * 0.7 })) });
}

/** @memprof */
function logout() {
  sessions.delete(sessions.keys().next().value);
}

/** @memprof */
function handle(request) {
  login(request);
  if (sessions.size > MOST) logout();
  renderPage(readRows(request.id, request.size));
}

traffic(120, handle);
