var $mp = require("memprof/runtime");
var $file, $r;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["one", 1, 0], ["object", 2, 0, ["a"]], ["curried", 3, 0, ["a"]], ["curried.(anonymous)", 3, 0, ["b"]], ["block", 4, 0, ["rest"]], ["nothing", 7, 0], ["generic", 8, 0, ["x"]], ["later", 9, 1, ["a", "c"], [9]], ["(anonymous)", 11, 0, ["sum"]]]));
}
const one = () => {
    const $s = $mp.enter($sites(), 0);
    try {
        return $s.doneWith((1));
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
    }
};
const object = (a) => {
    const $s = $mp.enter($sites(), 1);
    try {
        $s.takes && ($s.given = a);
        return $s.doneWith((({ a })));
    }
    finally {
        if ($s.exit()) {
            $s.arg = a;
            $s.explain();
        }
    }
};
const curried = (a) => {
    const $s = $mp.enter($sites(), 2);
    try {
        $s.takes && ($s.given = a);
        return $s.doneWith(((b) => {
            const $s = $mp.enter($sites(), 3);
            try {
                $s.takes && ($s.given = b);
                return $s.doneWith((a + b));
            }
            finally {
                if ($s.exit()) {
                    $s.arg = b;
                    $s.explain();
                }
            }
        }));
    }
    finally {
        if ($s.exit()) {
            $s.arg = a;
            $s.explain();
        }
    }
};
const block = (...rest) => {
    const $s = $mp.enter($sites(), 4);
    try {
        $s.takes && ($s.given = rest);
        return $s.doneWith((rest.length));
    }
    finally {
        if ($s.exit()) {
            $s.arg = rest;
            $s.explain();
        }
    }
};
const nothing = () => { const $s = $mp.enter($sites(), 5); try {
    $s.result = void 0;
}
finally {
    if ($s.exit()) {
        $s.explain();
    }
} };
const generic = (x) => {
    const $s = $mp.enter($sites(), 6);
    try {
        $s.takes && ($s.given = x);
        return $s.doneWith((x));
    }
    finally {
        if ($s.exit()) {
            $s.arg = x;
            $s.explain();
        }
    }
};
const later = async ({ a, b: [c] }) => {
    const $s = $mp.enter($sites(), 7);
    try {
        $s.takes && ($s.given = a, $s.given = c);
        return $s.doneWith((($s.resumeWith(await $s.suspendWith(a, 0))) + c));
    }
    finally {
        if ($s.exit()) {
            $s.arg = a;
            $s.arg = c;
            $s.explain();
        }
    }
};
console.log(one(), object(2), curried(1)(2), block(1, 2), nothing(), generic('g'));
later({ a: 1, b: [2] }).then((sum) => {
    const $s = $mp.enter($sites(), 8);
    try {
        $s.takes && ($s.given = sum);
        return $r = (console.log(sum)), $s.result = $r, $r = 0, $s.result;
    }
    finally {
        if ($s.exit()) {
            $s.arg = sum;
            $s.explain();
        }
    }
});
