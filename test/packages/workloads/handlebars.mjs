// handlebars: a generated parser, templates compiled to functions by text, helpers told apart by their arity.

export async function run({ load, loadDefault, log, attempt }) {
  log('exports', Object.keys(await load('handlebars')).sort());
  const Handlebars = await loadDefault('handlebars');
  const hb = Handlebars.create();
  log('itself', Object.keys(Handlebars).sort(), hb !== Handlebars, Handlebars.VERSION);
  hb.registerHelper('loud', (text) => `${text}`.toUpperCase());
  hb.registerHelper('link', function (text, options) {
    return new hb.SafeString(`<a href="${options.hash.href ?? this.url}">${hb.escapeExpression(text)}</a>`);
  });
  hb.registerHelper('times', (n, options) =>
    Array.from({ length: n }, (_, i) => options.fn({ i }, { data: { i }, blockParams: [i] })).join(''),
  );
  hb.registerHelper('list', (...all) => all.slice(0, -1).map(String).join('+') + all.at(-1).name);
  hb.registerHelper('helperMissing', (...all) => `[no ${all.at(-1).name} of ${all.length}]`);
  hb.registerPartial('row', '<li>{{name}}{{> @partial-block}}</li>\n');
  hb.registerPartial('own', (context) => `function ${context.name}`);
  hb.registerDecorator('mark', (program, _props, _container, options) => {
    const wrapped = (...all) => `(${options.args[0]} ${program(...all)})`;
    return wrapped;
  });
  const data = {
    name: '<Ann>',
    url: '/x',
    people: [{ name: 'B' }, { name: 'C', admin: true }],
    map: { k: 'v', l: 'w' },
    nothing: null,
    zero: 0,
    deep: { er: { name: 'deep' } },
    fn() {
      return this.name;
    },
  };
  const templates = [
    'Hello {{name}} {{{name}}} {{&name}} {{missing}}',
    '{{#each people}}{{@index}}:{{name}}{{#if admin}}*{{else}}-{{/if}}{{#unless @last}}, {{/unless}}{{/each}}',
    '{{#each map as |value key|}}{{key}}={{value}};{{else}}none{{/each}}',
    '{{#with deep.er}}{{name}} {{../name}} {{@root.url}}{{/with}}{{#with nothing}}x{{else}}no{{/with}}',
    '{{loud name}} {{link "a&b" href="/y"}} {{link name}} {{list 1 "two" (loud "three") true null undefined}}',
    '{{#times 3 as |n|}}{{n}}{{@i}}{{i}} {{/times}}',
    '{{#> row name="x"}}inner {{name}}{{/row}}{{> own name="arg"}}{{> (lookup map "none")}}',
    '{{!-- comment --}}{{~#if zero includeZero=true~}} yes {{~/if~}} {{unknown 1 2}} {{fn}}',
    '{{#people}}{{name}}{{/people}}{{^people}}none{{/people}}{{#inline "x"}}{{/inline}}',
    '{{#*inline "mine"}}[{{name}}]{{/inline}}{{> mine}}{{#each people}}{{> mine}}{{/each}}',
    '{{#each people}}{{* mark "d"}}{{name}}{{/each}}',
    '\\{{raw}} {{{{raw}}}} {{x}} {{{{/raw}}}}',
    '{{lookup people 1}} {{people.[0].name}} {{map.[k]}} {{log "quiet" level="debug"}}',
    '{{#if}}',
    '{{#each people}}{{/if}}',
    '{{name',
    '{{> nowhere}}',
    '{{constructor.name}} {{__proto__}}',
  ];
  for (const text of templates) {
    await attempt(text, () => hb.compile(text)(data));
    await attempt(`${text} strict`, () =>
      hb.compile(text, { strict: true, noEscape: true, preventIndent: true })(data),
    );
    await attempt(`${text} compiled`, () =>
      hb.precompile(text, { knownHelpers: { loud: true }, srcName: undefined }),
    );
  }
  const ast = hb.parse('a {{b.c d=1}} {{#e}}f{{/e}}');
  log('ast', ast);
  class Names extends Handlebars.Visitor {
    names = [];
    PathExpression(path) {
      this.names.push(path.original);
    }
  }
  const names = new Names();
  names.accept(ast);
  log('visitor', names.names, Handlebars.AST.helpers.helperExpression(ast.body[1]));
  const source = hb.precompile('{{#each people}}{{name}} {{/each}}');
  log('template', hb.template(new Function(`return ${source}`)())(data));
  log(
    'utils',
    hb.Utils.isEmpty([]),
    hb.Utils.extend({}, { a: 1 }),
    hb.escapeExpression('<&"\'`=>'),
    hb.Utils.toString.call([]),
    new hb.SafeString('x').toHTML(),
    new hb.Exception('m').message,
  );
  const big = { rows: Array.from({ length: 1000 }, (_, n) => ({ n, name: `r${n}` })) };
  const page = hb.compile('{{#each rows}}{{n}}{{loud name}}{{#if @first}}!{{/if}}{{/each}}')(big);
  log('page', page.length, page.slice(-20));
}
