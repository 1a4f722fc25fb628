var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["stays",1,0,["n"]],["stays.add",4,0,["m"]],["moves",8,0,["taken"]],["moves.taken",10,0],["moves.twice",11,0],["overloads",19,0,["n"]],["overloads.pick",22,0,["x"]]]))}function stays(n: number) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=n);
  const base = 10;
  return $r=(add(n)),$s.result=$r,$r=0,$s.result;
  function add(m: number) {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=m);
    return $s.doneWith((base + m));
  ;}finally{if($s.exit()){$s.arg=m;$s.explain()}}}
;$s.result=void 0}finally{if($s.exit()){$s.arg=n;$s.explain()}}}
function moves(taken: any) {const $s=$mp.enter($sites(),2);try{$s.takes&&($s.given=taken);var taken=function () {const $s=$mp.enter($sites(),3);try{;$s.result=void 0}finally{if($s.exit()){$s.explain()}}};var twice=function () {const $s=$mp.enter($sites(),4);try{
    return $s.doneWith((1));
  ;}finally{if($s.exit()){$s.explain()}}};var twice=async function* () {
    yield 2;
  };
  const before = typeof taken;
  ;
  ;
  ;
  return $r=([before, taken.name, Object.prototype.toString.call(twice), twice.name]),$s.result=$r,$r=0,$s.result;
;}finally{if($s.exit()){$s.arg=taken;$s.explain()}}}
function overloads(n: number) {const $s=$mp.enter($sites(),5);try{$s.takes&&($s.given=n);
  function pick(x: string): string;
  function pick(x: number): number;
  function pick(x: unknown) {const $s=$mp.enter($sites(),6);try{$s.takes&&($s.given=x);
    return $s.doneWith((x));
  ;}finally{if($s.exit()){$s.arg=x;$s.explain()}}}
  return $r=(pick(n)),$s.result=$r,$r=0,$s.result;
;}finally{if($s.exit()){$s.arg=n;$s.explain()}}}
console.log(stays(1), moves(0), overloads(3));
