/*---
flags: [module]
---*/
import { value } from './module_FIXTURE.js';
function f() {
  return value;
}
assert.sameValue(f(), await Promise.resolve(7));
