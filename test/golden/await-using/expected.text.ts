var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["resource",2,0,["name"]],["resource[Symbol.asyncDispose]",4,1,[],[5]],["single",9,1,[],[10]],["several",13,1,["fail"],[15,15,18,19]],["main",21,1,[],[22,22,22]]]))}const disposed: string[] = [];
const resource = (name: string) => {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=name);return $s.doneWith((({
  name,
  async [Symbol.asyncDispose]() {const $s=$mp.enter($sites(),1);try{
    $s.resumeWith(await $s.suspendWith(null,0));
    disposed.push(name);
  ;$s.result=void 0}finally{if($s.exit()){$s.explain()}}},
})))}finally{if($s.exit()){$s.arg=name;$s.explain()}}};
async function single() {const $s=$mp.enter($sites(),2);try{
  await using a = resource('a');;using $d=$s.disposer(0);
  return $s.doneWith((a.name));
;}finally{if($s.exit()){$s.explain()}}}
async function several(fail: boolean) {const $s=$mp.enter($sites(),3);try{$s.takes&&($s.given=fail);
  {try{
    await using b = resource('b');using $d=$s.disposer(0);await using  c = fail ? (null as never as ReturnType<typeof resource>) : resource('c');;using $d1=$s.disposer(1);
    disposed.push(`in ${b.name}${c?.name}`);
  }finally{$s.reenter()}}
  try{for (await using d of [resource('d'), resource('e')]) {$s.reenter();try{disposed.push(`for ${d.name}`);}finally{$s.leave(2)}}}finally{$s.reenter()}
  return $s.doneWith(($s.returnsWith(await $s.suspendWith(1,3))));
;}finally{if($s.exit()){$s.arg=fail;$s.explain()}}}
async function main() {const $s=$mp.enter($sites(),4);try{
  console.log(($r=await ($r=(single()),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out), ($r=await ($r=(several(false)),$s.in=$r,$s.suspend=$r=1,$s.out),$s.in=$r,$s.resume=$r=0,$s.out), ($r=await ($r=(several(true)),$s.in=$r,$s.suspend=$r=2,$s.out),$s.in=$r,$s.resume=$r=0,$s.out), disposed.join());
;$s.result=void 0}finally{if($s.exit()){$s.explain()}}}
main();
