var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["sum",1,1,["source","stop"],[3,7]],["bare",13,1,["source"],[15,15]],["bare.(anonymous)",15,0],["main",18,1,[],[19,19,19]]]))}async function sum(source: AsyncIterable<number> | number[], stop?: number) {const $s=$mp.enter($sites(),0);try{
  let total = 0;
  try{outer: for await (const n of $mp.suspend($s,source,0)) {$mp.reenter($s);try{{
    if (n === stop) break;
    for (;;) {
      if (n % 2) continue outer;
      total += $mp.resume($s,await $mp.suspend($s,n,1));
      break;
    }
  }}finally{$mp.leave($s,0)}}}finally{$mp.reenter($s)}
  return $mp.done($s,(total));
;}finally{if($mp.exit($s))$mp.explain($s,[source,stop])}}
async function bare(source: number[]) {const $s=$mp.enter($sites(),1);try{
  let total = 0;
  try{for await (const { n = $mp.resume($s,await $mp.suspend($s,($mp.reenter($s),3),1)) } of $mp.suspend($s,source.map(() => {const $s=$mp.enter($sites(),2);try{return $mp.done($s,(({}) as { n?: number }))}finally{if($mp.exit($s))$mp.explain($s,[])}}),0)) {$mp.reenter($s);try{total += n;}finally{$mp.leave($s,0)}}}finally{$mp.reenter($s)}
  return $mp.done($s,(total));
;}finally{if($mp.exit($s))$mp.explain($s,[source])}}
async function main() {const $s=$mp.enter($sites(),3);try{
  console.log($mp.resume($s,await $mp.suspend($s,sum([1, 2, 3, 4]),0)), $mp.resume($s,await $mp.suspend($s,sum([2, 4, 6], 4),1)), $mp.resume($s,await $mp.suspend($s,bare([0, 0]),2)));
;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[])}}
main();
