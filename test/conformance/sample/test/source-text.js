/*---
flags: [noStrict]
---*/
function f() { return 1 }
assert.sameValue([f].join(), 'function f() { return 1 }');
