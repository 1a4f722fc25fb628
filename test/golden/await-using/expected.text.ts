var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["resource",2,0,["name"]],["resource[Symbol.asyncDispose]",4,1,[],[5]],["single",9,1,[],[10]],["several",13,1,["fail"],[15,15,18,19]],["main",21,1,[],[22,22,22]]]))}const disposed: string[] = [];
const resource = (name: string) => {const $s=$mp.enter($sites(),0);try{return $mp.done($s,(({
  name,
  async [Symbol.asyncDispose]() {const $s=$mp.enter($sites(),1);try{
    $mp.resume($s,await $mp.suspend($s,null,0));
    disposed.push(name);
  ;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[])}},
})))}finally{if($mp.exit($s))$mp.explain($s,[name])}};
async function single() {const $s=$mp.enter($sites(),2);try{
  await using a = resource('a');;using $d=$mp.disposer($s,0);
  return $mp.done($s,(a.name));
;}finally{if($mp.exit($s))$mp.explain($s,[])}}
async function several(fail: boolean) {const $s=$mp.enter($sites(),3);try{
  {try{
    await using b = resource('b');using $d=$mp.disposer($s,0);await using  c = fail ? (null as never as ReturnType<typeof resource>) : resource('c');;using $d1=$mp.disposer($s,1);
    disposed.push(`in ${b.name}${c?.name}`);
  }finally{$mp.reenter($s)}}
  try{for (await using d of [resource('d'), resource('e')]) {$mp.reenter($s);try{disposed.push(`for ${d.name}`);}finally{$mp.leave($s,2)}}}finally{$mp.reenter($s)}
  return $mp.done($s,($mp.resume($s,await $mp.suspend($s,1,3))));
;}finally{if($mp.exit($s))$mp.explain($s,[fail])}}
async function main() {const $s=$mp.enter($sites(),4);try{
  console.log($mp.resume($s,await $mp.suspend($s,single(),0)), $mp.resume($s,await $mp.suspend($s,several(false),1)), $mp.resume($s,await $mp.suspend($s,several(true),2)), disposed.join());
;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[])}}
main();
