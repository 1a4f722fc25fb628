// Requests as a small service gets them: at a steady rate, most of them small, some large. Serves the programs beside it.

/** Calls `handle` so many times a second with a request `{ id, size }`. */
exports.traffic = (perSecond, handle) => {
  let id = 0;
  let due = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    due = Math.min(perSecond, due + ((now - last) / 1000) * perSecond);
    last = now;
    for (; due >= 1; due--) handle({ id: id++, size: exports.size() });
  }, 20);
};

/** A whole number below `n`. */
exports.below = (n) => Math.floor(Math.random() * n);

/** Rows that a request asks for: 8 to 400, most of them few. */
exports.size = () => Math.floor(8 * 50 ** (Math.random() ** 2));

exports.later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
