// Functions in functions: each has its own account; what is not selected keeps its text.
var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["outer",2,0,["items"]],["outer.own",5,0,["x"]],["chain",8,1,["Base"],[9,10]]]))}function outer(items: number[]) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=items);
  const untouched = function inner(x: number) { return x * 2 };
  /** @memprof */
  const own = (x: number) => {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=x);return $s.doneWith((items.map((y) => untouched(x + y))))}finally{if($s.exit()){$s.arg=x;$s.explain()}}};
  return $r=(own(1).concat(String(untouched).includes('enter') ? 1 : 0)),$s.result=$r,$r=0,$s.result;
;}finally{if($s.exit()){$s.arg=items;$s.explain()}}}
async function chain(Base: Promise<new () => object>) {const $s=$mp.enter($sites(),2);try{$s.takes&&($s.given=Base);
  class Made extends ($s.resumeWith(await $s.suspendWith(Base,0))) {
    [($s.resumeWith(await $s.suspendWith('key',1))) as 'key']() {
      return 1;
    }
    field = outer([1]);
  }
  return $r=(new Made()),$s.result=$r,$r=0,$s.result;
;}finally{if($s.exit()){$s.arg=Base;$s.explain()}}}
chain(Promise.resolve(class {})).then((made) => console.log(made.key(), made.field));
