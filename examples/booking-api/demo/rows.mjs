// The rows that a measured run keeps, one a service call, and how the demo gets hold of them.
// Serves the two preloads beside this file. The service itself knows nothing of it.

/** Each row: { name, bytes, ... } of one finished call. */
export const rows = [];

/** Answers the demo over the channel that it started this process with; without one, does nothing. */
export function answer(extras = () => ({})) {
  if (!process.send) return;
  process.on('message', (message) => {
    if (message === 'begin') rows.length = 0;
    if (message === 'begin') process.send({ begun: true });
    if (message === 'report') process.send({ rows, ...extras() });
  });
  // A demo that was killed cannot stop its services any more: they go by themselves.
  process.on('disconnect', () => process.exit());
}
