const disposed: string[] = [];
const resource = (name: string) => ({
  name,
  async [Symbol.asyncDispose]() {
    await null;
    disposed.push(name);
  },
});
async function single() {
  await using a = resource('a');
  return a.name;
}
async function several(fail: boolean) {
  {
    await using b = resource('b'), c = fail ? (null as never as ReturnType<typeof resource>) : resource('c');
    disposed.push(`in ${b.name}${c?.name}`);
  }
  for (await using d of [resource('d'), resource('e')]) disposed.push(`for ${d.name}`);
  return await 1;
}
async function main() {
  console.log(await single(), await several(false), await several(true), disposed.join());
}
main();
