// What only TypeScript has stays as it is, or is erased as in any build.
var $mp=require("memprof/runtime");var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["Shape.constructor",8,0,["data"]],["Shape.describe",12,0,["prefix"]],["Square.constructor",17,0,["side"]],["Square.area",20,0],["asserts",24,0,["value"]],["make",27,0,["value"]],["guarded",28,0,["x"]]]))}type Maker<T> = (value: T) => { value: T };
enum Color {
  Red = 1,
}
abstract class Shape<T extends object = {}> {
  declare hint: string;
  protected constructor(public readonly data?: T) {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=data);;$s.result=void 0}finally{if($s.exit()){$s.arg=data;$s.explain()}}}
  abstract area(): number;
  describe(): string;
  describe(prefix: string): string;
  describe(prefix = 'area'): string {const $s=$mp.enter($sites(),1);try{$s.takes&&($s.given=prefix);
    return $r=(`${prefix} ${this.area()}` satisfies string),$s.result=$r,$r=0,$s.result;
  ;}finally{if($s.exit()){$s.arg=prefix;$s.explain()}}}
}
class Square extends Shape {
  constructor(private side: number) {const $s=$mp.enter($sites(),2);try{$s.takes&&($s.given=side);
    super({ side } as const);
  ;$s.result=void 0}finally{if($s.exit()){$s.arg=side;$s.explain()}}}
  override area(): number {const $s=$mp.enter($sites(),3);try{
    return $s.doneWith((this.side! ** 2));
  ;}finally{if($s.exit()){$s.explain()}}}
}
function asserts(value: unknown): asserts value is string {const $s=$mp.enter($sites(),4);try{$s.takes&&($s.given=value);
  if (typeof value !== 'string') throw new TypeError('no string');
;$s.result=void 0}finally{if($s.exit()){$s.arg=value;$s.explain()}}}
const make: Maker<Color> = (value) => {const $s=$mp.enter($sites(),5);try{$s.takes&&($s.given=value);return $s.doneWith((<{ value: Color }>{ value }))}finally{if($s.exit()){$s.arg=value;$s.explain()}}};
function guarded(this: { n: number }, x?: string): string {const $s=$mp.enter($sites(),6);try{$s.takes&&($s.given=x);
  asserts(x ?? 'd');
  return $s.doneWith((`${this.n}${x!}`));
;}finally{if($s.exit()){$s.arg=x;$s.explain()}}}
console.log(new Square(3).describe(), make(Color.Red), guarded.call({ n: 1 }, 'x'));
try {
  asserts(1);
} catch (error) {
  console.log((error as Error).message);
}
