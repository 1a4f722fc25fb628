var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["returns",1,0,["how"]],["suspended",12,1,["how"],[15,20]]]))}function returns(how: string): unknown {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=how);
  try {
    if (how === 'throw') throw new Error(how);
    return $s.doneWith((how));
  } catch (error) {$s.caught();
    if (how === 'throw') return $s.doneWith(((error as Error).message));
    throw error;
  } finally {const $m=$s.lastly();
    if (how === 'override') return $s.doneWith(('overridden'));
  ;$s.result=$m}
;$s.result=void 0}finally{if($s.exit()){$s.arg=how;$s.explain()}}}
async function suspended(how: string) {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=how);
  for (;;) {
    try {
      return $r=(($r=await ($r=((how === 'reject' ? Promise.reject(how) : how)),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out)),$s.result=$r,$r=0,$s.result;
    } catch {$s.caught();
      break;
    } finally {const $m=$s.lastly();
      try {
        $s.resumeWith(await $s.suspendWith(null,1));
      } finally {const $m1=$s.lastly();
        console.log('cleaned', how);
      ;$s.result=$m1}
    ;$s.result=$m}
  }
  return $s.doneWith(('after'));
;}finally{if($s.exit()){$s.arg=how;$s.explain()}}}
console.log(returns('plain'), returns('throw'), returns('override'));
suspended('resolve').then(console.log);
suspended('reject').then(console.log);
