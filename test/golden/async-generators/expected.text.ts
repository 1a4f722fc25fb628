var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["pages",1,3,["limit"],[3,4,8]],["main",10,1,[],[15]]]))}async function* pages(limit: number) {const $s=$mp.enter($sites(),0);try{
  for (let page = 0; page < limit; page++) {
    const items = $mp.resume($s,await $mp.suspend($s,Promise.resolve([page]),0));
    $mp.resume($s,yield* $mp.yields($s,items,1));
    if (page === 2) return $mp.last($s,(Promise.resolve('early')));
  }
  if (limit === 0) {$mp.done($s);return;}
  $mp.resume($s,yield $mp.yields($s,'last',2));
;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[limit])}}
async function main() {const $s=$mp.enter($sites(),1);try{
  for (const limit of [0, 1, 9]) {
    const seen: unknown[] = [];
    const iterator = pages(limit);
    for (;;) {
      const step = $mp.resume($s,await $mp.suspend($s,iterator.next(),0));
      seen.push(step.value);
      if (step.done) break;
    }
    console.log(limit, seen);
  }
;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[])}}
main();
