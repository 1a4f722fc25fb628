/*---
description: Ends the process that runs it once it is instrumented.
flags: [noStrict]
---*/
function reach() {
  return $262.gc.constructor('return process')();
}
if (typeof require === 'function') reach().exit(3);
