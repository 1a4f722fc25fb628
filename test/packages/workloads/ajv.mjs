// ajv: schemas compiled to JavaScript text, run by new Function; keywords of one's own; standalone code.

export async function run({ load, loadDefault, log, attempt }) {
  const module = await load('ajv');
  log('exports', Object.keys(module).sort());
  const Ajv = module.Ajv ?? module.default.Ajv ?? module.default;
  const Ajv2020 = (await load('ajv/dist/2020.js')).Ajv2020 ?? (await loadDefault('ajv/dist/2020.js')).default;
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    coerceTypes: true,
    removeAdditional: 'failing',
    verbose: false,
    code: { source: true },
    logger: false,
  });
  const schema = {
    $id: 'user',
    type: 'object',
    required: ['id', 'mail'],
    additionalProperties: false,
    properties: {
      id: { type: 'integer', minimum: 1 },
      mail: { type: 'string', pattern: '^.+@.+$' },
      n: { type: 'number', default: 3 },
      tags: { type: 'array', items: { $ref: '#/$defs/tag' }, uniqueItems: true, maxItems: 3 },
      kind: { enum: ['a', 'b', null] },
      friend: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
    },
    $defs: { tag: { type: 'string', minLength: 2 } },
    if: { properties: { kind: { const: 'b' } }, required: ['kind'] },
    then: { required: ['tags'] },
  };
  const validate = ajv.compile(schema);
  log('source', validate.source.code, validate.name, validate.length, Object.keys(validate));
  for (const data of [
    { id: '5', mail: 'a@b' },
    { id: 0, mail: 'x', tags: ['a', 'bb', 'bb'], more: 1 },
    { id: 1, mail: 'a@b', kind: 'b' },
    { id: 1, mail: 'a@b', friend: { id: 2 } },
    null,
    [],
  ]) {
    const copy = structuredClone(data);
    log('validate', validate(copy), validate.errors, copy, ajv.errorsText(validate.errors));
  }
  ajv.addKeyword({
    keyword: 'even',
    type: 'number',
    schemaType: 'boolean',
    compile: (wanted) => (n) => (n % 2 === 0) === wanted,
    error: { message: 'must be even' },
  });
  ajv.addKeyword({ keyword: 'range', type: 'number', macro: ([minimum, maximum]) => ({ minimum, maximum }) });
  ajv.addKeyword({
    keyword: 'upper',
    type: 'string',
    validate: function upper(_s, data, _p, ctx) {
      upper.errors = [{ keyword: 'upper', message: `at ${ctx.instancePath}`, params: {} }];
      return data === data.toUpperCase();
    },
    errors: true,
  });
  ajv
    .addFormat('three', (text) => text.length === 3)
    .addFormat('number-like', { type: 'number', validate: (n) => n > 0 });
  const own = ajv.compile({
    type: 'object',
    properties: {
      a: { type: 'number', even: true, range: [2, 8] },
      b: { type: 'string', upper: true, format: 'three' },
    },
  });
  for (const data of [
    { a: 4, b: 'ABC' },
    { a: 9, b: 'abcd' },
  ])
    log('keywords', own(data), own.errors);
  const later = ajv.compile({
    $async: true,
    type: 'string',
    checked: true,
    ...{},
    ...(ajv.addKeyword({
      keyword: 'checked',
      async: true,
      validate: async (_s, data) => {
        await null;
        return data !== 'bad';
      },
    }),
    {}),
  });
  await attempt('async', () => later('good'));
  await attempt('async bad', () =>
    later('bad').catch((e) => {
      throw Object.assign(new Error(e.message), { errors: e.errors });
    }),
  );
  await attempt('strict', () => ajv.compile({ type: 'object', unknownKeyword: 1 }));
  await attempt('no such ref', () => ajv.compile({ $ref: 'nowhere#' }));
  await attempt('bad schema', () => ajv.compile({ type: 'nope' }));
  log(
    'get',
    ajv.getSchema('user') === validate,
    ajv.validate('user', { id: 1, mail: 'a@b' }),
    ajv.validateSchema({ minimum: 'x' }),
    ajv.opts.code.source,
  );
  const two = new Ajv2020({ strict: false, discriminator: true, $data: true });
  const dynamic = two.compile({
    $id: 'tree',
    $dynamicAnchor: 'node',
    type: 'object',
    properties: { kids: { type: 'array', items: { $dynamicRef: '#node' } } },
    unevaluatedProperties: false,
  });
  log('2020', dynamic({ kids: [{ kids: [] }, { x: 1 }] }), dynamic.errors);
  const data = two.compile({
    properties: { small: { type: 'number', maximum: { $data: '1/large' } }, large: {} },
    prefixItems: [{ type: 'string' }],
    discriminator: { propertyName: 'k' },
    oneOf: [
      { properties: { k: { const: 'x' } }, required: ['k'] },
      { properties: { k: { const: 'y' } }, required: ['k'] },
    ],
    type: 'object',
    required: ['k'],
  });
  log('$data', data({ k: 'x', small: 3, large: 2 }), data.errors, data({ k: 'z' }), data.errors);
  const jtd = (await load('ajv/dist/jtd.js')).default ?? (await loadDefault('ajv/dist/jtd.js'));
  const J = jtd.default ?? jtd;
  const typed = {
    properties: { a: { type: 'int32' }, b: { elements: { type: 'string' } } },
    optionalProperties: { c: { nullable: true, type: 'timestamp' } },
  };
  const parse = new J().compileParser(typed);
  log(
    'jtd',
    parse('{"a":1,"b":["x"]}'),
    parse('{"a":"1"}'),
    parse.message,
    parse.position,
    new J().compileSerializer(typed)({ a: 1, b: ['"'], c: null }),
  );
  const standalone = await loadDefault('ajv/dist/standalone/index.js');
  log('standalone', (standalone.default ?? standalone)(ajv, validate));
  let good = 0;
  for (let n = 0; n < 2000; n++)
    good += validate({ id: n, mail: n % 3 ? 'a@b' : 'no', tags: [`t${n}`] }) ? 1 : 0;
  log('many', good);
}
