/*---
flags: [noStrict]
negative:
  phase: runtime
  type: ReferenceError
---*/
function f() {
  return missing;
}
f();
