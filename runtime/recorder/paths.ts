// Below which functions was a call made? A path is a function below those that called it, known by a number, in memory that
// the recorder's thread reads. Serves the recorder, at each call's start. Must allocate nothing.

import { PATH_WIDTH, PATHS, PATHS_USED } from './layout';

// Beyond these only paths of one function are made.
const DEEP = PATHS / 2;
const SLOTS = 2 * PATHS;
const BY_ABOVE = 2 ** 17;
// Numbers of functions from here on have no paths.
const FUNCTIONS = BY_ABOVE;

/** Finds the path of a function below the path `above`, by its number; 0: none. */
export function finder(paths: Int32Array, head: Int32Array): (above: number, id: number) => number {
  // What a path and the function that it calls come to: open addressing, since a Map allocates.
  const keys = new Int32Array(SLOTS);
  const found = new Int32Array(SLOTS);
  let free = SLOTS / 2;

  const make = (above: number, id: number): number => {
    // Who calls itself, over others or not, goes on where it was first.
    for (let one = above; one > 0; one = paths[(one - 1) * PATH_WIDTH])
      if (paths[(one - 1) * PATH_WIDTH + 1] === id) return one;
    const used = head[PATHS_USED];
    if (used >= (above === 0 ? PATHS : DEEP)) return 0;
    paths[used * PATH_WIDTH] = above;
    paths[used * PATH_WIDTH + 1] = id;
    head[PATHS_USED] = used + 1;
    return used + 1;
  };

  return (above, id) => {
    if (id < 1 || id >= FUNCTIONS) return 0;
    const key = above * BY_ABOVE + id;
    let at = (Math.imul(key, 0x9e3779b1) >>> 8) & (SLOTS - 1);
    while (keys[at] !== key && keys[at] !== 0) at = (at + 1) & (SLOTS - 1);
    if (keys[at] === key) return found[at];
    const path = make(above, id);
    if (free === 0) return path;
    free--;
    found[at] = path;
    keys[at] = key;
    return path;
  };
}
