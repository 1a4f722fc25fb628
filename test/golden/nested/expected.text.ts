// Functions in functions: each has its own account; what is not selected keeps its text.
var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["outer",2,0,["items"]],["outer.own",5,0,["x"]],["chain",8,1,["Base"],[9,10]]]))}function outer(items: number[]) {const $s=$mp.enter($sites(),0);try{
  const untouched = function inner(x: number) { return x * 2 };
  /** @memprof */
  const own = (x: number) => {const $s=$mp.enter($sites(),1);try{return $mp.done($s,(items.map((y) => untouched(x + y))))}finally{if($mp.exit($s))$mp.explain($s,[x])}};
  return $mp.done($s,(own(1).concat(String(untouched).includes('enter') ? 1 : 0)));
;}finally{if($mp.exit($s))$mp.explain($s,[items])}}
async function chain(Base: Promise<new () => object>) {const $s=$mp.enter($sites(),2);try{
  class Made extends ($mp.resume($s,await $mp.suspend($s,Base,0))) {
    [($mp.resume($s,await $mp.suspend($s,'key',1))) as 'key']() {
      return 1;
    }
    field = outer([1]);
  }
  return $mp.done($s,(new Made()));
;}finally{if($mp.exit($s))$mp.explain($s,[Base])}}
chain(Promise.resolve(class {})).then((made) => console.log(made.key(), made.field));
