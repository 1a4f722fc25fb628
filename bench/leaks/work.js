// What a service does besides: rows are read, a page is made of them, all of it garbage soon. Serves the programs beside it.

/** @memprof */
exports.readRows = function readRows(id, size) {
  const text = JSON.stringify(
    Array.from({ length: size }, (_, n) => ({ id: `${id}-${n}`, price: n * 1.5, tags: ['a', 'b'] })),
  );
  return JSON.parse(text);
};

/** @memprof */
exports.renderPage = function renderPage(rows) {
  let page = '';
  for (const { id, price } of rows) page += `<li>${id}: ${price.toFixed(2)}</li>`;
  return `<ul>${page}</ul>`.split('').reverse().length;
};
