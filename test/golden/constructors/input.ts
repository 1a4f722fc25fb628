class Base {
  kind = 'base';
  constructor(readonly id: number) {}
}
class Derived extends Base {
  own = this.kind + this.id;
  #hidden = 1;
  constructor(
    id: number,
    protected extra = 'x',
  ) {
    const doubled = id * 2;
    super(doubled);
    this.extra += this.#hidden;
  }
  get both() {
    return this.own + this.extra;
  }
  set both(value: string) {
    this.extra = value;
  }
  static make = () => new Derived(1);
  static {
    Derived.make().both = 'b';
  }
}
const made = Derived.make();
console.log(made.both, made.id);
