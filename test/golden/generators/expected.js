var $mp = require("memprof/runtime");
var $file, $r;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["count", 1, 2, ["max"], [3]], ["all", 8, 2, [], [9, 10]]]));
}
function* count(max) {
    const $s = $mp.enter($sites(), 0);
    try {
        $s.takes && ($s.given = max);
        for (let i = 0; i < max; i++) {
            const got = $s.resumeWith(yield $s.yieldsWith(i, 0));
            if (got)
                return $s.doneWith((got));
        }
        return $s.doneWith(('end'));
    }
    finally {
        if ($s.exit()) {
            $s.arg = max;
            $s.explain();
        }
    }
}
function* all() {
    const $s = $mp.enter($sites(), 1);
    try {
        const last = ($r = yield* ($r = (count(2)), $s.in = $r, $s.yields = $r = 0, $s.out), $s.in = $r, $s.resume = $r = 0, $s.out);
        $s.resumeWith(yield ($s.yields = 1, $s.out));
        return $s.doneWith((last));
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
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
