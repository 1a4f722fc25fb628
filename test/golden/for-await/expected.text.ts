var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["sum",1,1,["source","stop"],[3,7]],["bare",13,1,["source"],[15]],["bare.(anonymous)",15,0],["main",18,1,[],[19,19,19]]]))}async function sum(source: AsyncIterable<number> | number[], stop?: number) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=source,$s.given=stop);
  let total = 0;
  try{outer: for await (const n of $s.suspendWith(source,0)) {$s.in=n;$s.reenter();try{{
    if (n === stop) break;
    for (;;) {
      if (n % 2) continue outer;
      total += $s.resumeWith(await $s.suspendWith(n,1));
      break;
    }
  }}finally{$s.leave(0)}}}finally{$s.reenter()}
  return $s.doneWith((total));
;}finally{if($s.exit()){$s.arg=source;$s.arg=stop;$s.explain()}}}
async function bare(source: number[]) {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=source);
  let total = 0;
  try{for await (const { n = await 3 } of $s.suspendWith(source.map(() => {const $s=$mp.enter($sites(),2);try{return $s.doneWith((({}) as { n?: number }))}finally{if($s.exit()){$s.explain()}}}),0)) {$s.reenter();try{total += n;}finally{$s.leave(0)}}}finally{$s.reenter()}
  return $s.doneWith((total));
;}finally{if($s.exit()){$s.arg=source;$s.explain()}}}
async function main() {const $s=$mp.enter($sites(),3);try{
  console.log(($r=await ($r=(sum([1, 2, 3, 4])),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out), ($r=await ($r=(sum([2, 4, 6], 4)),$s.in=$r,$s.suspend=$r=1,$s.out),$s.in=$r,$s.resume=$r=0,$s.out), ($r=await ($r=(bare([0, 0])),$s.in=$r,$s.suspend=$r=2,$s.out),$s.in=$r,$s.resume=$r=0,$s.out));
;$s.result=void 0}finally{if($s.exit()){$s.explain()}}}
main();
