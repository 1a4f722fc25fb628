// What only TypeScript has stays as it is, or is erased as in any build.
var $mp=require("memprof/runtime");var $file;function $sites(){return $file||($file=$mp.file("input.ts",[["Shape.constructor",8,0,["data"]],["Shape.describe",12,0,["prefix"]],["Square.constructor",17,0,["side"]],["Square.area",20,0],["asserts",24,0,["value"]],["make",27,0,["value"]],["guarded",28,0,["x"]]]))}type Maker<T> = (value: T) => { value: T };
enum Color {
  Red = 1,
}
abstract class Shape<T extends object = {}> {
  declare hint: string;
  protected constructor(public readonly data?: T) {const $s=$mp.enter($sites(),0);try{;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[data])}}
  abstract area(): number;
  describe(): string;
  describe(prefix: string): string;
  describe(prefix = 'area'): string {const $s=$mp.enter($sites(),1);try{
    return $mp.done($s,(`${prefix} ${this.area()}` satisfies string));
  ;}finally{if($mp.exit($s))$mp.explain($s,[prefix])}}
}
class Square extends Shape {
  constructor(private side: number) {const $s=$mp.enter($sites(),2);try{
    super({ side } as const);
  ;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[side])}}
  override area(): number {const $s=$mp.enter($sites(),3);try{
    return $mp.done($s,(this.side! ** 2));
  ;}finally{if($mp.exit($s))$mp.explain($s,[])}}
}
function asserts(value: unknown): asserts value is string {const $s=$mp.enter($sites(),4);try{
  if (typeof value !== 'string') throw new TypeError('no string');
;$mp.done($s)}finally{if($mp.exit($s))$mp.explain($s,[value])}}
const make: Maker<Color> = (value) => {const $s=$mp.enter($sites(),5);try{return $mp.done($s,(<{ value: Color }>{ value }))}finally{if($mp.exit($s))$mp.explain($s,[value])}};
function guarded(this: { n: number }, x?: string): string {const $s=$mp.enter($sites(),6);try{
  asserts(x ?? 'd');
  return $mp.done($s,(`${this.n}${x!}`));
;}finally{if($mp.exit($s))$mp.explain($s,[x])}}
console.log(new Square(3).describe(), make(Color.Red), guarded.call({ n: 1 }, 'x'));
try {
  asserts(1);
} catch (error) {
  console.log((error as Error).message);
}
