// Names that memprof would take are taken.
var $mp1_=require("memprof/runtime");var $file1_;function $sites1_(){return $file1_||($file1_=$mp1_.file("input.ts",[["outer",4,0,["$s","$file"]],["outer.$sites",5,0]]))}var $mp = 'mp';
const $s1_ = 1;
function outer($s: number, $file = 2) {const $s2_=$mp1_.enter($sites1_(),0);try{
  const $sites = () => {const $s2_=$mp1_.enter($sites1_(),1);try{return $mp1_.done($s2_,($s + $file))}finally{if($mp1_.exit($s2_))$mp1_.explain($s2_,[])}};
  try {
    return $mp1_.done($s2_,([$mp, $sites(), $s1_]));
  } finally {const $m1_=$mp1_.lastly($s2_);
    const $m = 0;
    void $m;
  ;$mp1_.remark($s2_,$m1_)}
;$mp1_.done($s2_)}finally{if($mp1_.exit($s2_))$mp1_.explain($s2_,[$s,$file])}}
console.log(outer(1));
