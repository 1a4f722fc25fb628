/*---
flags: [onlyStrict]
---*/
function f() {
  function g() { return 1; }
  function g() { return 2; }
  return g() + (this === undefined ? 10 : 0);
}
assert.sameValue(f(), 12);
