// What only TypeScript has stays as it is, or is erased as in any build.
type Maker<T> = (value: T) => { value: T };
enum Color {
  Red = 1,
}
abstract class Shape<T extends object = {}> {
  declare hint: string;
  protected constructor(public readonly data?: T) {}
  abstract area(): number;
  describe(): string;
  describe(prefix: string): string;
  describe(prefix = 'area'): string {
    return `${prefix} ${this.area()}` satisfies string;
  }
}
class Square extends Shape {
  constructor(private side: number) {
    super({ side } as const);
  }
  override area(): number {
    return this.side! ** 2;
  }
}
function asserts(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError('no string');
}
const make: Maker<Color> = (value) => <{ value: Color }>{ value };
function guarded(this: { n: number }, x?: string): string {
  asserts(x ?? 'd');
  return `${this.n}${x!}`;
}
console.log(new Square(3).describe(), make(Color.Red), guarded.call({ n: 1 }, 'x'));
try {
  asserts(1);
} catch (error) {
  console.log((error as Error).message);
}
