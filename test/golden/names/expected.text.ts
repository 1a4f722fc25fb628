// Names that memprof would take are taken.
var $mp1_=require("memprof/runtime");var $file1_,$r;function $sites1_(){return $file1_||($file1_=$mp1_.file("input.ts",[["outer",4,0,["$s","$file"]],["outer.$sites",5,0]]))}var $mp = 'mp';
const $s1_ = 1;
function outer($s: number, $file = 2) {const $s2_=$mp1_.enter($sites1_(),0);try{$s2_.takes&&($s2_.given=$s,$s2_.given=$file);
  const $sites = () => {const $s2_=$mp1_.enter($sites1_(),1);try{return $s2_.doneWith(($s + $file))}finally{if($s2_.exit()){$s2_.explain()}}};
  try {
    return $r=([$mp, $sites(), $s1_]),$s2_.result=$r,$r=0,$s2_.result;
  } finally {const $m1_=$s2_.lastly();
    const $m = 0;
    void $m;
  ;$s2_.result=$m1_}
;$s2_.result=void 0}finally{if($s2_.exit()){$s2_.arg=$s;$s2_.arg=$file;$s2_.explain()}}}
console.log(outer(1));
