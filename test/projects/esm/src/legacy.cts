/** @memprof */
const twice = (n: number) => n * 2;
export = { twice };
