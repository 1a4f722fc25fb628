// Names that memprof would take are taken.
var $mp = 'mp';
const $s1_ = 1;
function outer($s: number, $file = 2) {
  const $sites = () => $s + $file;
  try {
    return [$mp, $sites(), $s1_];
  } finally {
    const $m = 0;
    void $m;
  }
}
console.log(outer(1));
