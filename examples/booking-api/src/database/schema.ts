// The tables and their made-up rows, as SQL: serves the embedded database and a real one alike.
// Everything lives in one schema of its own, so that seeding never touches anybody else's tables.

export const SCHEMA = 'booking_demo';

/** The provider that owns nearly the whole history: its requests without a booking code are the fatal ones. */
export const BIG_PROVIDER = 'PRV-00000001';

/** SQL that creates the schema and fills it; `rows` is the length of flight_history. Drops an earlier one. */
export function seedSql(rows: number): string {
  return `
drop schema if exists ${SCHEMA} cascade;
create schema ${SCHEMA};
set search_path to ${SCHEMA};

create table flights (
  id integer primary key, flight_number text not null, origin text not null, destination text not null,
  departs_at timestamptz not null, arrives_at timestamptz not null, seats_left integer not null);
insert into flights
  select n, 'MP' || (1000 + n % 900), (array['LIS','OSL','VIE','WAW','ATH'])[1 + n % 5],
         (array['JFK','SFO','GRU','NRT'])[1 + n % 4],
         timestamptz '2026-03-01' + n * interval '47 minutes',
         timestamptz '2026-03-01' + n * interval '47 minutes' + (300 + n % 400) * interval '1 minute',
         n % 180
  from generate_series(1, 2000) as n;
create index on flights (origin, destination, departs_at);

create table prices (
  id integer primary key, flight_id integer not null, fare_class text not null, cents integer not null,
  currency text not null);
insert into prices
  select n, 1 + n / 8, (array['LIGHT','BASIC','FLEX','PLUS','BUSINESS','FIRST','AWARD','STAFF'])[1 + n % 8],
         9900 + (n * 7919) % 90000, 'EUR'
  from generate_series(0, 15999) as n;
create index on prices (flight_id);

create table bookings (
  code text primary key, provider_id text not null, flight_id integer not null, passenger text not null,
  status text not null, created_at timestamptz not null);
insert into bookings
  select 'BK' || lpad(n::text, 6, '0'), 'PRV-' || lpad((1 + n % 40)::text, 8, '0'), 1 + n % 2000,
         'Passenger ' || n, (array['CONFIRMED','TICKETED','CANCELLED'])[1 + n % 3],
         timestamptz '2026-01-01' + n * interval '11 minutes'
  from generate_series(1, 4000) as n;
create index on bookings (provider_id, created_at);

create table flight_history (
  id integer primary key, provider_id text not null, booking_code text not null, flight_number text not null,
  origin text not null, destination text not null, departed_at timestamptz not null, status text not null,
  fare_cents integer not null);
insert into flight_history
  select n, case when n % 20 = 0 then 'PRV-00000002' else '${BIG_PROVIDER}' end,
         'BK' || lpad((n / 20)::text, 6, '0'), 'MP' || (1000 + n % 900),
         (array['LIS','OSL','VIE','WAW','ATH'])[1 + n % 5], (array['JFK','SFO','GRU','NRT'])[1 + n % 4],
         timestamptz '2021-01-01' + n * interval '3 minutes',
         (array['LANDED','LANDED','DIVERTED','CANCELLED'])[1 + n % 4], 9900 + (n * 7919) % 90000
  from generate_series(1, ${rows}) as n;
create index on flight_history (provider_id, booking_code);
`;
}

/** How many rows the history gets: the environment's ROWS, 40 000 by default. Throws on anything but a count. */
export function rowsFromEnvironment(): number {
  const rows = Number(process.env.ROWS ?? 40_000);
  if (!Number.isInteger(rows) || rows < 1 || rows > 20_000_000) {
    throw new Error(`ROWS is ${process.env.ROWS}: give a whole number from 1 to 20000000`);
  }
  return rows;
}
