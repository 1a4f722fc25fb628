var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["one",1,0],["object",2,0,["a"]],["curried",3,0,["a"]],["curried.(anonymous)",3,0,["b"]],["block",4,0,["rest"]],["nothing",7,0],["generic",8,0,["x"]],["later",9,1,["a","c"],[9]],["(anonymous)",11,0,["sum"]]]))}const one = (): number => {const $s=$mp.enter($sites(),0);try{return $mp.done($s,(1))}finally{if($mp.exit($s))$mp.explain($s,[])}};
const object = (a: number) => {const $s=$mp.enter($sites(),1);try{return $mp.done($s,(({ a })))}finally{if($mp.exit($s))$mp.explain($s,[a])}};
const curried = (a: number) => {const $s=$mp.enter($sites(),2);try{return $mp.done($s,((b: number): number => {const $s=$mp.enter($sites(),3);try{return $mp.done($s,(a + b))}finally{if($mp.exit($s))$mp.explain($s,[b])}}))}finally{if($mp.exit($s))$mp.explain($s,[a])}};
const block = (...rest: number[]) => {const $s=$mp.enter($sites(),4);try{
  return $mp.done($s,(rest.length));
;}finally{if($mp.exit($s))$mp.explain($s,[rest])}};
const nothing = () => {const $s=$mp.enter($sites(),5);try{;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[])}};
const generic = <T>(x: T): T => {const $s=$mp.enter($sites(),6);try{return $mp.done($s,(x))}finally{if($mp.exit($s))$mp.explain($s,[x])}};
const later = async ({ a, b: [c] }: { a: number; b: number[] }) => {const $s=$mp.enter($sites(),7);try{return $mp.done($s,(($mp.resume($s,await $mp.suspend($s,a,0))) + c))}finally{if($mp.exit($s))$mp.explain($s,[a,c])}};
console.log(one(), object(2), curried(1)(2), block(1, 2), nothing(), generic('g'));
later({ a: 1, b: [2] }).then((sum) => {const $s=$mp.enter($sites(),8);try{return $mp.done($s,(console.log(sum)))}finally{if($mp.exit($s))$mp.explain($s,[sum])}});
