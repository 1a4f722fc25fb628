// The file's own comment stays first.
'use strict';
"use client"
/** Its doc comment. */
function saveForm(this: undefined, title: string) {
  'use server';
  return title;
}
function cached() { 'use cache'
  return 1 }
const empty = () => { 'use nothing' };
console.log(saveForm.call(undefined, 't'), cached(), empty());
