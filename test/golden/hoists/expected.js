var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["stays", 1, 0, ["n"]], ["stays.add", 4, 0, ["m"]], ["moves", 8, 0, ["taken"]], ["moves.taken", 10, 0], ["moves.twice", 11, 0], ["overloads", 19, 0, ["n"]], ["overloads.pick", 22, 0, ["x"]]]));
}
function stays(n) {
    const $s = $mp.enter($sites(), 0);
    try {
        const base = 10;
        return $mp.done($s, (add(n)));
        function add(m) {
            const $s = $mp.enter($sites(), 1);
            try {
                return $mp.done($s, (base + m));
            }
            finally {
                if ($mp.exit($s))
                    $mp.explain($s, [m]);
            }
        }
        $mp.done($s);
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [n]);
    }
}
function moves(taken) {
    const $s = $mp.enter($sites(), 2);
    try {
        var taken = function () { const $s = $mp.enter($sites(), 3); try {
            $mp.done($s);
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, []);
        } };
        var twice = function () {
            const $s = $mp.enter($sites(), 4);
            try {
                return $mp.done($s, (1));
            }
            finally {
                if ($mp.exit($s))
                    $mp.explain($s, []);
            }
        };
        var twice = async function* () {
            yield 2;
        };
        const before = typeof taken;
        return $mp.done($s, ([before, taken.name, Object.prototype.toString.call(twice), twice.name]));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [taken]);
    }
}
function overloads(n) {
    const $s = $mp.enter($sites(), 5);
    try {
        function pick(x) {
            const $s = $mp.enter($sites(), 6);
            try {
                return $mp.done($s, (x));
            }
            finally {
                if ($mp.exit($s))
                    $mp.explain($s, [x]);
            }
        }
        return $mp.done($s, (pick(n)));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [n]);
    }
}
console.log(stays(1), moves(0), overloads(3));
