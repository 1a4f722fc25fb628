// zod: classes made without `class`, parsers compiled with new Function, errors with their own formats.

export async function run({ load, log, attempt }) {
  const module = await load('zod');
  const { z } = module;
  log('exports', Object.keys(module).sort(), Object.keys(z).length);
  const User = z.object({
    id: z.uuid(),
    email: z.email(),
    age: z.number().int().min(0).max(150).optional(),
    tags: z.array(z.string().trim().toLowerCase()).default([]),
    role: z.enum(['admin', 'user']),
    born: z.coerce.date().nullable(),
    more: z.record(z.string(), z.union([z.string(), z.bigint()])).optional(),
  });
  const good = {
    id: '123e4567-e89b-42d3-a456-426614174000',
    email: 'a@b.co',
    role: 'user',
    born: '2000-01-02',
    tags: [' X '],
    unknown: 1,
  };
  log('good', User.parse(good), User.strict().safeParse(good), z.looseObject(User.shape).parse(good));
  const bad = User.safeParse({
    id: 'x',
    email: 'y',
    age: 1.5,
    tags: [1],
    role: 'z',
    born: 'never',
    more: { a: 1 },
  });
  log(
    'bad',
    bad.success,
    bad.error.issues,
    z.prettifyError(bad.error),
    z.flattenError(bad.error),
    z.treeifyError(bad.error),
  );
  await attempt('throws', () => User.parse(null));
  log(
    'is an error',
    bad.error instanceof Error,
    bad.error instanceof z.ZodError,
    bad.error.name,
    bad.error.constructor.name,
  );
  const Tree = z.object({
    v: z.number(),
    get children() {
      return z.array(Tree);
    },
  });
  log(
    'tree',
    Tree.parse({ v: 1, children: [{ v: 2, children: [] }] }),
    Tree.safeParse({ v: 1, children: [{ v: 'x', children: 1 }] }).error.issues,
  );
  const Shape = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), r: z.number() }),
    z.object({ kind: z.literal('box'), w: z.number() }),
  ]);
  log('union', Shape.parse({ kind: 'box', w: 1 }), Shape.safeParse({ kind: 'line' }).error.issues);
  const piped = z
    .string()
    .transform((s) => s.length)
    .pipe(z.number().min(3))
    .refine((n) => n % 2, { error: 'even' });
  log('pipe', piped.parse('abcde'), piped.safeParse('abcd').error.issues, piped.safeParse('a').error.issues);
  const asyncly = z.string().refine(async (s) => {
    await null;
    return s !== 'taken';
  }, 'taken already');
  log('async', await asyncly.parseAsync('free'), await asyncly.safeParseAsync('taken'));
  await attempt('sync of async', () => asyncly.parse('x'));
  log(
    'super',
    z
      .array(z.number())
      .superRefine((list, ctx) => {
        if (new Set(list).size !== list.length)
          ctx.addIssue({ code: 'custom', message: 'doubles', path: ['list'] });
      })
      .safeParse([1, 1]),
  );
  log(
    'kinds',
    z.tuple([z.string(), z.number()]).rest(z.boolean()).parse(['a', 1, true]),
    z.map(z.string(), z.date()).parse(new Map([['a', new Date(0)]])),
    z.set(z.number()).safeParse(new Set(['x'])),
    z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })).parse({ a: 1, b: 2 }),
  );
  log(
    'strings',
    ['2020-01-01T00:00:00Z', '::1', 'https://a.b/c', 'ZZ', '😀'].map((s) =>
      [z.iso.datetime(), z.ipv6(), z.url(), z.base64(), z.emoji()].map((t) => t.safeParse(s).success),
    ),
  );
  log(
    'derive',
    Object.keys(User.pick({ id: true }).extend({ x: z.string() }).shape),
    Object.keys(User.partial().omit({ id: true }).shape),
    User.keyof().options,
  );
  log(
    'brand',
    z.string().brand().parse('b'),
    z.preprocess((x) => String(x), z.string()).parse(5),
    z.string().catch('fallback').parse(5),
    z.readonly(z.object({})).parse({}),
  );
  const fn = z
    .function({ input: [z.string(), z.number()], output: z.string() })
    .implement((s, n) => s.repeat(n));
  log('function', fn('ab', 2), fn.length, fn.name);
  await attempt('function input', () => fn(1, 2));
  log('json schema', z.toJSONSchema(User, { unrepresentable: 'any', io: 'input' }));
  log(
    'registry',
    z.string().meta({ title: 't' }).meta(),
    User.shape.email instanceof z.ZodEmail,
    z.globalRegistry.constructor.name,
    String(User),
    User.constructor.name,
  );
  const Class = z.instanceof(Map);
  log(
    'instance',
    Class.safeParse(new Set()).success,
    z.custom((v) => v === 1).safeParse(2).error.issues,
    z.lazy(() => z.null()).parse(null),
  );
  z.config(z.locales.de());
  log('locale', z.string().safeParse(1).error.issues[0].message);
  const mini = await load('zod/mini');
  log(
    'mini',
    mini.parse(mini.object({ a: mini.optional(mini.string()) }), {}),
    mini.string().check(mini.minLength(2)).safeParse('x').error.issues,
  );
  let sum = 0;
  for (let n = 0; n < 500; n++) sum += User.parse({ ...good, age: n % 100 }).age;
  log('many', sum);
}
