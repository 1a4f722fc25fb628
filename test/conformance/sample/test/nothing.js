/*---
flags: [noStrict]
---*/
assert.sameValue(1, 1);
