/** @memprof */
export const first = () => 1;
