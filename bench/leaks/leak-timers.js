// Each session has a timer of its own, never cleared.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

/** @memprof */
function startSession({ id, size }) {
  const state = {
    id,
    draft: Array.from({ length: 200 + size * 3 }, (_, n) => ({ field: `f${n}`, value: n + Math.random() })),
  };
  setInterval(() => {
    state.draft[0].value++;
  }, 60_000);
}

/** @memprof */
function handle(request) {
  startSession(request);
  renderPage(readRows(request.id, request.size));
}

traffic(120, handle);
