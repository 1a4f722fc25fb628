var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["pages",1,3,["limit"],[3,4,8]],["main",10,1,[],[15]]]))}async function* pages(limit: number) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=limit);
  for (let page = 0; page < limit; page++) {
    const items = ($r=await ($r=(Promise.resolve([page])),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out);
    $s.resumeWith(yield* $s.yieldsWith(items,1));
    if (page === 2) return ($r=(Promise.resolve('early')),$s.in=$r,$s.last=$r=0,$s.out);
  }
  if (limit === 0) {$s.result=void 0;return;}
  $s.resumeWith(yield $s.yieldsWith('last',2));
;$s.result=void 0}finally{if($s.exit()){$s.arg=limit;$s.explain()}}}
async function main() {const $s=$mp.enter($sites(),1);try{
  for (const limit of [0, 1, 9]) {
    const seen: unknown[] = [];
    const iterator = pages(limit);
    for (;;) {
      const step = ($r=await ($r=(iterator.next()),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out);
      seen.push(step.value);
      if (step.done) break;
    }
    console.log(limit, seen);
  }
;$s.result=void 0}finally{if($s.exit()){$s.explain()}}}
main();
