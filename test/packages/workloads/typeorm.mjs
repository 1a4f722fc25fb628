// typeorm: metadata, query builders that build text and aliases, hydration, subscribers; against a real PostgreSQL.

export async function run({ load, log, attempt, service }) {
  await load('reflect-metadata');
  const orm = await load('typeorm');
  log('exports', Object.keys(orm).sort().length);
  const { DataSource, EntitySchema, In, Like, MoreThan, Not, IsNull, Brackets, QueryFailedError } = orm;
  const {
    Entity,
    PrimaryGeneratedColumn,
    Column,
    OneToMany,
    ManyToOne,
    VersionColumn,
    BeforeInsert,
    ManyToMany,
    JoinTable,
    PrimaryColumn,
    Index,
  } = orm;
  const tell = (decorators, target, key, type) => {
    if (type) Reflect.defineMetadata('design:type', type, target, key);
    for (const one of decorators) one(target, key);
  };
  class Author {
    shout() {
      return `${this.name}!`;
    }
    prepare() {
      this.name = this.name.trim();
    }
  }
  class Book {}
  tell([PrimaryGeneratedColumn()], Author.prototype, 'id', Number);
  tell([Column({ length: 50 })], Author.prototype, 'name', String);
  tell([Column({ type: 'jsonb', nullable: true })], Author.prototype, 'extra', Object);
  tell(
    [
      OneToMany(
        () => Book,
        (book) => book.author,
        { cascade: true },
      ),
    ],
    Author.prototype,
    'books',
    Array,
  );
  tell([VersionColumn()], Author.prototype, 'version', Number);
  BeforeInsert()(Author.prototype, 'prepare');
  Entity()(Author);
  tell([PrimaryGeneratedColumn()], Book.prototype, 'id', Number);
  tell([Column({ unique: true })], Book.prototype, 'title', String);
  tell(
    [
      Column({
        type: 'numeric',
        precision: 8,
        scale: 2,
        default: 1,
        transformer: { to: (v) => v, from: (v) => Number(v) },
      }),
    ],
    Book.prototype,
    'price',
    Number,
  );
  tell(
    [
      ManyToOne(
        () => Author,
        (author) => author.books,
        { onDelete: 'CASCADE' },
      ),
    ],
    Book.prototype,
    'author',
    Author,
  );
  Index(['title', 'price'])(Book);
  Entity()(Book);
  class Tag {}
  tell([PrimaryColumn()], Tag.prototype, 'code', String);
  tell([ManyToMany(() => Book), JoinTable()], Tag.prototype, 'books', Array);
  Entity()(Tag);
  const Note = new EntitySchema({
    name: 'Note',
    columns: {
      text: { type: String, primary: true },
      made: { type: 'timestamptz', default: () => "'2020-01-01T00:00:00Z'" },
    },
  });
  const events = [];
  const subscriber = class {
    listenTo() {
      return Author;
    }
    afterInsert({ entity }) {
      events.push(`inserted ${entity.name}`);
    }
    beforeUpdate({ updatedColumns }) {
      events.push(`updating ${updatedColumns.map((c) => c.propertyName)}`);
    }
    afterLoad(entity) {
      events.push(`loaded ${entity.name}`);
    }
  };
  const source = new DataSource({
    type: 'postgres',
    host: service.host,
    port: service.port,
    username: service.user,
    password: 'x',
    database: service.database,
    schema: 'orm',
    entities: [Author, Book, Tag, Note],
    subscribers: [subscriber],
    poolSize: 3,
    logging: ['query', 'error'],
    logger: {
      logQuery: (q, p) => events.push([q, p]),
      logQueryError: (e, q) => events.push([String(e), q]),
      logQuerySlow() {},
      logSchemaBuild() {},
      logMigration() {},
      log() {},
    },
  });
  await source.initialize();
  await source.query('drop schema if exists orm cascade');
  await source.query('create schema orm');
  events.length = 0;
  await source.synchronize();
  log(
    'schema',
    events.filter((e) => /^(CREATE|ALTER)/.test(e[0])),
  );
  events.length = 0;
  const authors = source.getRepository(Author);
  const books = source.getRepository(Book);
  const ann = authors.create({
    name: ' Ann ',
    extra: { n: [1] },
    books: [{ title: 'One', price: 3.5 }, { title: 'Two' }],
  });
  log('saved', await authors.save(ann), ann instanceof Author, ann.shout(), ann.books[0] instanceof Book);
  await authors.save([{ name: 'Bob' }, { name: 'Cyd', books: [{ title: 'Three', price: 9 }] }]);
  log(
    'find',
    await authors.find({
      where: { name: In(['Ann', 'Bob']) },
      relations: { books: true },
      order: { name: 'DESC', books: { title: 'ASC' } },
    }),
  );
  log(
    'where',
    await books.find({
      where: [{ price: MoreThan(3) }, { title: Like('Tw%'), author: { name: Not(IsNull()) } }],
      select: { id: true, title: true },
      order: { id: 'ASC' },
      take: 2,
      skip: 1,
    }),
  );
  log(
    'one',
    await authors.findOneBy({ name: 'nobody' }),
    await authors.countBy({ name: Like('%b') }),
    await books.sum('price'),
    await authors.exists(),
  );
  await attempt('none', () => authors.findOneByOrFail({ name: 'nobody' }));
  ann.name = 'Anna';
  log(
    'updated',
    (await authors.save(ann)).version,
    await authors.update({ name: 'Bob' }, { extra: { updated: true } }),
  );
  log(
    'unique',
    await books
      .save({ title: 'One' })
      .catch((e) => [e instanceof QueryFailedError, e.name, e.message, e.driverError.code, e.parameters]),
  );
  const built = books
    .createQueryBuilder('b')
    .leftJoinAndSelect('b.author', 'a')
    .where('b.price > :min', { min: 1 })
    .andWhere(
      new Brackets((qb) => qb.where('a.name = :n', { n: 'Anna' }).orWhere('b.title LIKE :t', { t: 'T%' })),
    )
    .orderBy('b.title');
  log('built', built.getQueryAndParameters(), await built.getManyAndCount());
  log(
    'raw',
    await books
      .createQueryBuilder('b')
      .select('a.name', 'name')
      .addSelect('COUNT(*)::int', 'n')
      .innerJoin('b.author', 'a')
      .groupBy('a.name')
      .having('COUNT(*) > 0')
      .orderBy('name')
      .getRawMany(),
  );
  const notes = source.getRepository('Note');
  log('notes', await notes.save({ text: 'n' }), await notes.find());
  const tags = source.getRepository('Tag');
  await tags.save({ code: 'x', books: await books.find({ order: { id: 'ASC' }, take: 2 }) });
  log('tags', await tags.find({ relations: { books: { author: true } }, order: { books: { id: 'ASC' } } }));
  await attempt('transaction', () =>
    source.transaction(async (manager) => {
      await manager.save(Author, { name: 'Temporary' });
      log('within', await manager.count(Author));
      throw new Error('roll back');
    }),
  );
  log('after', await authors.count(), await source.transaction('SERIALIZABLE', (m) => m.count(Book)));
  const alone = events.length;
  const saved = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      books.findOne({ where: { id: (n % 3) + 1 }, relations: { author: true } }),
    ),
  );
  log(
    'many',
    saved.map((b) => [b.title, b.author.name]),
  );
  // Three connections at once: in which order the server answers is nobody's result.
  events.push(...events.splice(alone).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  await books.insert(Array.from({ length: 500 }, (_, n) => ({ title: `bulk ${n}`, price: n })));
  log('bulk', (await books.find({ where: { title: Like('bulk %') } })).length);
  const stream = await books
    .createQueryBuilder('b')
    .where('b.id < 3')
    .stream()
    .catch((e) => e);
  log('stream', stream.message ?? 'a stream');
  log(
    'deleted',
    await authors.delete({ name: 'Cyd' }),
    await books.countBy({ title: 'Three' }),
    await authors.softDelete(1).catch((e) => e),
    await authors.remove(ann),
  );
  await attempt('unknown column', () => authors.findBy({ nope: 1 }));
  await attempt('unknown entity', () => source.getRepository('Nope').find());
  log(
    'metadata',
    source.getMetadata(Author).columns.map((c) => [c.propertyName, c.type.name ?? c.type]),
    authors.metadata.tableName,
  );
  // Aliases and identifiers are numbered, and the text of each query is part of the result.
  log(
    'events',
    events.filter((e) => typeof e === 'string'),
    events.filter(Array.isArray).map(([q, p]) => [q, p]),
  );
  await source.query('drop schema orm cascade');
  await source.destroy();
}
