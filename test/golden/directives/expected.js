// The file's own comment stays first.
'use strict';
"use client";
var $mp = require("memprof/runtime");
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["saveForm", 5, 0, ["title"]], ["cached", 9, 0], ["empty", 11, 0]]));
}
/** Its doc comment. */
function saveForm(title) {
    'use server';
    const $s = $mp.enter($sites(), 0);
    try {
        return $mp.done($s, (title));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, [title]);
    }
}
function cached() {
    'use cache';
    const $s = $mp.enter($sites(), 1);
    try {
        return $mp.done($s, (1));
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, []);
    }
}
const empty = () => {
    'use nothing';
    const $s = $mp.enter($sites(), 2);
    try {
        $mp.done($s);
    }
    finally {
        if ($mp.exit($s))
            $mp.explain($s, []);
    }
};
console.log(saveForm.call(undefined, 't'), cached(), empty());
