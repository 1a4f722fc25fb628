/*---
flags: [raw]
---*/
'use strict';
if (
  (function () {
    return this;
  })() !== undefined
)
  throw new Error('the directive was moved');
