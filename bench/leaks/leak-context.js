// What belongs to a request is in a WeakMap, as it should be, and the requests are kept.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const contexts = new WeakMap();
const recent = [];

/** @memprof */
function contextOf(request) {
  let context = contexts.get(request);
  if (!context) {
    context = {
      user: `user ${request.id}`,
      rights: Array.from({ length: 300 + request.size * 2 }, (_, n) => ({
        right: `r${n}`,
        granted: n * 0.25,
      })),
    };
    contexts.set(request, context);
  }
  return context;
}

/** @memprof */
function remember(request) {
  recent.push(request);
}

/** @memprof */
function handle(request) {
  remember(request);
  renderPage(readRows(contextOf(request).user, request.size));
}

traffic(110, handle);
