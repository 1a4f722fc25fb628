/*---
negative:
  phase: parse
  type: SyntaxError
---*/
function f(x) {
  let x;
}
