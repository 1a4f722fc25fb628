var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["Shape.constructor", 8, 0, ["data"]], ["Shape.describe", 12, 0, ["prefix"]], ["Square.constructor", 17, 0, ["side"]], ["Square.area", 20, 0], ["asserts", 24, 0, ["value"]], ["make", 27, 0, ["value"]], ["guarded", 28, 0, ["x"]]]));
}
var Color;
(function (Color) {
    Color[Color["Red"] = 1] = "Red";
})(Color || (Color = {}));
class Shape {
    data;
    constructor(data) {
        this.data = data;
        const $s = $mp.enter($sites(), 0);
        try {
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [data]);
        }
    }
    describe(prefix = 'area') {
        const $s = $mp.enter($sites(), 1);
        try {
            return $mp.done($s, `${prefix} ${this.area()}`);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [prefix]);
        }
    }
}
class Square extends Shape {
    side;
    constructor(side) {
        const $s = $mp.enter($sites(), 2);
        try {
            super({ side });
            this.side = side;
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [side]);
        }
    }
    area() {
        const $s = $mp.enter($sites(), 3);
        try {
            return $mp.done($s, (this.side ** 2));
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, []);
        }
    }
}
function asserts(value) {
    const $s = $mp.enter($sites(), 4);
    try {
        if (typeof value !== 'string')
            throw new TypeError('no string');
        $mp.done($s);
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [value]);
    }
}
const make = (value) => {
    const $s = $mp.enter($sites(), 5);
    try {
        return $mp.done($s, { value });
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [value]);
    }
};
function guarded(x) {
    const $s = $mp.enter($sites(), 6);
    try {
        asserts(x ?? 'd');
        return $mp.done($s, (`${this.n}${x}`));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [x]);
    }
}
console.log(new Square(3).describe(), make(Color.Red), guarded.call({ n: 1 }, 'x'));
try {
    asserts(1);
}
catch (error) {
    console.log(error.message);
}
