/*---
flags: [noStrict]
---*/
function f() {}
assert.sameValue(f(), 1);
