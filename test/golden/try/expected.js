var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["returns", 1, 0, ["how"]], ["suspended", 12, 1, ["how"], [15, 20]]]));
}
function returns(how) {
    const $s = $mp.enter($sites(), 0);
    try {
        try {
            if (how === 'throw')
                throw new Error(how);
            return $mp.done($s, (how));
        }
        catch (error) {
            $mp.caught($s);
            if (how === 'throw')
                return $mp.done($s, (error.message));
            throw error;
        }
        finally {
            const $m = $mp.lastly($s);
            if (how === 'override')
                return $mp.done($s, ('overridden'));
            $mp.remark($s, $m);
        }
        $mp.done($s);
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [how]);
    }
}
async function suspended(how) {
    const $s = $mp.enter($sites(), 1);
    try {
        for (;;) {
            try {
                return $mp.done($s, ($mp.resume($s, await $mp.suspend($s, (how === 'reject' ? Promise.reject(how) : how), 0))));
            }
            catch {
                $mp.caught($s);
                break;
            }
            finally {
                const $m = $mp.lastly($s);
                try {
                    $mp.resume($s, await $mp.suspend($s, null, 1));
                }
                finally {
                    const $m1 = $mp.lastly($s);
                    console.log('cleaned', how);
                    $mp.remark($s, $m1);
                }
                $mp.remark($s, $m);
            }
        }
        return $mp.done($s, ('after'));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [how]);
    }
}
console.log(returns('plain'), returns('throw'), returns('override'));
suspended('resolve').then(console.log);
suspended('reject').then(console.log);
