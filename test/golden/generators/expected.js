var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["count", 1, 2, ["max"], [3]], ["all", 8, 2, [], [9, 10]]]));
}
function* count(max) {
    const $s = $mp.enter($sites(), 0);
    try {
        for (let i = 0; i < max; i++) {
            const got = $mp.resume($s, yield $mp.yields($s, i, 0));
            if (got)
                return $mp.done($s, (got));
        }
        return $mp.done($s, ('end'));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [max]);
    }
}
function* all() {
    const $s = $mp.enter($sites(), 1);
    try {
        const last = $mp.resume($s, yield* $mp.yields($s, count(2), 0));
        $mp.resume($s, yield $mp.yields($s, void 0, 1));
        return $mp.done($s, (last));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, []);
    }
}
const iterator = all();
for (let step = iterator.next();; step = iterator.next()) {
    console.log(step);
    if (step.done)
        break;
}
const early = count(5);
early.next();
console.log(early.next('stop'));
for (const n of count(9))
    if (n === 1)
        break;
