var $mp = require("memprof/runtime");
var $file, $r;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["f", 2, 0, ["a"]], ["g", 8, 0, ["a"]], ["h", 11, 1, [], [13]], ["(anonymous)", 17, 0]]));
}
/** Doc of f. */
function f(/* the a */ a /* typed */) {
    const $s = $mp.enter($sites(), 0);
    try {
        $s.takes && ($s.given = a);
        // first
        const b = a; // b
        /* leading */ return /* inner */ $s.doneWith((b /* after */)); // done
    }
    finally {
        if ($s.exit()) {
            $s.arg = a;
            $s.explain();
        }
    }
    // last
}
const g = (a) => // why
 {
    const $s = $mp.enter($sites(), 1);
    try {
        $s.takes && ($s.given = a);
        return $s.doneWith((
        // because
        a + 1));
    }
    finally {
        if ($s.exit()) {
            $s.arg = a;
            $s.explain();
        }
    }
}; // end
async function h() {
    const $s = $mp.enter($sites(), 2);
    try {
        // one
        ($r = await /* c */ ($r = (f(1)), $s.in = $r, $s.suspend = $r = 0, $s.out), $s.in = $r, $s.resume = $r = 0, $s.out); // two
        {
            $s.result = void 0;
            return; // three
        }
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
    }
}
console.log(f(1), g(2));
h().then(() => {
    const $s = $mp.enter($sites(), 3);
    try {
        return $r = (console.log('h')), $s.result = $r, $r = 0, $s.result;
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
    }
});
