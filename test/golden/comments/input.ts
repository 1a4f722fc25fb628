/** Doc of f. */
function f(/* the a */ a: number /* typed */) /* before */ {
  // first
  const b = a; // b
  /* leading */ return /* inner */ b /* after */; // done
  // last
}
const g = (a: number) => // why
  // because
  a + 1; // end
async function h() {
  // one
  await /* c */ f(1); // two
  return; // three
}
console.log(f(1), g(2));
h().then(() => console.log('h'));
