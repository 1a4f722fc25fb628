/** Doc of f. */
var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["f",2,0,["a"]],["g",8,0,["a"]],["h",11,1,[],[13]],["(anonymous)",17,0]]))}function f(/* the a */ a: number /* typed */) /* before */ {const $s=$mp.enter($sites(),0);try{
  // first
  const b = a; // b
  /* leading */ return /* inner */ $mp.done($s,(b)) /* after */; // done
  // last
;}finally{if($mp.exit($s))$mp.explain($s,[a])}}
const g = (a: number) => // why
  // because
  {const $s=$mp.enter($sites(),1);try{return $mp.done($s,(a + 1))}finally{if($mp.exit($s))$mp.explain($s,[a])}}; // end
async function h() {const $s=$mp.enter($sites(),2);try{
  // one
  $mp.resume($s,await /* c */ $mp.suspend($s,f(1),0)); // two
  {$mp.done($s);return;} // three
;}finally{if($mp.exit($s))$mp.explain($s,[])}}
console.log(f(1), g(2));
h().then(() => {const $s=$mp.enter($sites(),3);try{return $mp.done($s,(console.log('h')))}finally{if($mp.exit($s))$mp.explain($s,[])}});
