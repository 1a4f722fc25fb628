/*---
flags: [async]
---*/
async function* numbers() {
  for await (const n of [1, Promise.resolve(2)]) yield n;
}
(async () => {
  let sum = 0;
  for await (const n of numbers()) sum += n;
  assert.sameValue(sum, 3);
})().then($DONE, $DONE);
