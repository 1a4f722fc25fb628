// The file's own comment stays first.
'use strict';
"use client";
var $mp = require("memprof/runtime");
var $file, $r;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["saveForm", 5, 0, ["title"]], ["cached", 9, 0], ["empty", 11, 0]]));
}
/** Its doc comment. */
function saveForm(title) {
    'use server';
    const $s = $mp.enter($sites(), 0);
    try {
        $s.takes && ($s.given = title);
        return $s.doneWith((title));
    }
    finally {
        if ($s.exit()) {
            $s.arg = title;
            $s.explain();
        }
    }
}
function cached() {
    'use cache';
    const $s = $mp.enter($sites(), 1);
    try {
        return $s.doneWith((1));
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
    }
}
const empty = () => {
    'use nothing';
    const $s = $mp.enter($sites(), 2);
    try {
        $s.result = void 0;
    }
    finally {
        if ($s.exit()) {
            $s.explain();
        }
    }
};
console.log(saveForm.call(undefined, 't'), cached(), empty());
