// Synchronous functions that build arrays of known size. Serves bench/truth, which runs it plain and
// instrumented; it must never await.

exports.open = async () => {};
exports.close = () => {};

let kept;

function numbers100000() {
  kept = new Array(100000).fill(1);
}
function numbers10000() {
  kept = new Array(10000).fill(1);
}
function numbers1000() {
  kept = new Array(1000).fill(1);
}
function objects1000() {
  kept = Array.from({ length: 1000 }, (_, i) => ({ id: i, next: null }));
}

exports.functions = { numbers100000, numbers10000, objects1000, numbers1000 };
exports.kept = () => kept;

// Bytes a call, by arithmetic: what V8 calls used holds rests of pages that such arrays do not fit into. An array's elements
// with their header, and its array object.
const array = (n) => 8 * n + 16 + 32;
exports.known = { numbers100000: array(100000), numbers10000: array(10000), numbers1000: array(1000) };
