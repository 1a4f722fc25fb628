// biome-ignore-all lint: how it is spelled is what is tested
export class Point {
  x = 1;
  y: number;
  declare z: number;
  readonly late!: string;
  static origin = new Point(0);
  static #hidden = 2;
  #own = Point.#hidden;
  'quoted name' = this.x;
  ['computed'.length] = 3;
  static {
    this.origin.y = 4;
  }
  handler = () => this.#own;

  constructor(
    y: number,
    private readonly z2 = 5,
    public label?: string,
  ) {
    this.y = y + z2;
  }

  get own(): number {
    return this.#own;
  }

  #secret(): number {
    return this.#own++;
  }

  has(other: object): boolean {
    return #own in other && this.#secret() > 0;
  }

  tagged = /** @memprof */ (count: number): number[] => {
    return [count, this.x];
  };
}

export class Wide extends Point {
  w = super.has(this);
  override x = 9;
  constructor(readonly extra: string) {
    'before super';
    super(1);
    this.w = true;
  }
}

export const Expression = class Named {
  static self = Named;
  value = 1;
};
