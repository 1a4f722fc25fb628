/*---
description: Ends the process that runs it, whether it is instrumented or not.
---*/
function reach() {
  return $262.gc.constructor('return process')();
}
reach().exit(3);
