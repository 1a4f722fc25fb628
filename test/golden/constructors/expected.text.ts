var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["Base.constructor",3,0,["id"]],["Derived.constructor",8,0,["id","extra"]],["Derived.get both",16,0],["Derived.set both",19,0,["value"]],["Derived.make",22,0]]))}class Base {
  kind = 'base';
  constructor(readonly id: number) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=id);;$s.result=void 0}finally{if($s.exit()){$s.arg=id;$s.explain()}}}
}
class Derived extends Base {
  own = this.kind + this.id;
  #hidden = 1;
  constructor(
    id: number,
    protected extra = 'x',
  ) {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=id,$s.given=extra);
    const doubled = id * 2;
    super(doubled);
    this.extra += this.#hidden;
  ;$s.result=void 0}finally{if($s.exit()){$s.arg=id;$s.arg=extra;$s.explain()}}}
  get both() {const $s=$mp.enter($sites(),2);try{
    return $s.doneWith((this.own + this.extra));
  ;}finally{if($s.exit()){$s.explain()}}}
  set both(value: string) {const $s=$mp.enter($sites(),3);try{$s.takes&&($s.given=value);
    this.extra = value;
  ;$s.result=void 0}finally{if($s.exit()){$s.arg=value;$s.explain()}}}
  static make = () => {const $s=$mp.enter($sites(),4);try{return $r=(new Derived(1)),$s.result=$r,$r=0,$s.result}finally{if($s.exit()){$s.explain()}}};
  static {
    Derived.make().both = 'b';
  }
}
const made = Derived.make();
console.log(made.both, made.id);
