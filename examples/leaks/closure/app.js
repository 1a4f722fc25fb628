// Undo steps: each is a function, and holds the document that it would bring back.
const undo = [];
let document = makeDocument(0);

/** @memprof */
function makeDocument(version) {
  return Array.from({ length: 400 }, (_, n) => ({ n, text: `line ${n} of version ${version}` }));
}

/** @memprof */
function edit(version) {
  const before = document;
  document = makeDocument(version);
  undo.push(() => {
    document = before;
  });
}

let version = 1;
setInterval(() => {
  for (let n = 0; n < 3; n++) edit(version++);
}, 20);
setTimeout(() => process.exit(), 30_000);
