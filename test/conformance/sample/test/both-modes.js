/*---
description: runs in sloppy and in strict code
includes: [extra.js]
---*/
function f(a) {
  var strict = (function () {
    return this === undefined;
  })();
  a = 2;
  return arguments[0] === (strict ? 1 : 2) && extra;
}
assert.sameValue(f(1), 'from an include');
