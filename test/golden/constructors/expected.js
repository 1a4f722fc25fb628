var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["Base.constructor", 3, 0, ["id"]], ["Derived.constructor", 8, 0, ["id", "extra"]], ["Derived.get both", 16, 0], ["Derived.set both", 19, 0, ["value"]], ["Derived.make", 22, 0]]));
}
class Base {
    id;
    kind = 'base';
    constructor(id) {
        this.id = id;
        const $s = $mp.enter($sites(), 0);
        try {
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [id]);
        }
    }
}
class Derived extends Base {
    extra;
    own = this.kind + this.id;
    #hidden = 1;
    constructor(id, extra = 'x') {
        const $s = $mp.enter($sites(), 1);
        try {
            const doubled = id * 2;
            super(doubled);
            this.extra = extra;
            this.extra += this.#hidden;
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [id, extra]);
        }
    }
    get both() {
        const $s = $mp.enter($sites(), 2);
        try {
            return $mp.done($s, (this.own + this.extra));
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, []);
        }
    }
    set both(value) {
        const $s = $mp.enter($sites(), 3);
        try {
            this.extra = value;
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [value]);
        }
    }
    static make = () => {
        const $s = $mp.enter($sites(), 4);
        try {
            return $mp.done($s, (new Derived(1)));
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, []);
        }
    };
    static {
        Derived.make().both = 'b';
    }
}
const made = Derived.make();
console.log(made.both, made.id);
