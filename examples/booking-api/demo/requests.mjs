// Which requests the load consists of, and which service call each of them leads to. Serves the load,
// which sends the paths, and the truth meter, which makes the same calls one at a time.

const PROVIDER = 'PRV-00000001';
const ORIGINS = ['LIS', 'OSL', 'VIE', 'WAW', 'ATH'];
const DESTINATIONS = ['JFK', 'SFO', 'GRU', 'NRT'];

const code = (n) => `BK${String(n).padStart(6, '0')}`;
const provider = (n) => `PRV-${String(1 + (n % 40)).padStart(8, '0')}`;

/** One entry a service method: `n` picks the arguments, and each pick returns about the same number of rows. */
const KINDS = [
  {
    name: 'FlightService.getFlightHistory',
    args: (n) => [PROVIDER, code(1 + (n % 400))],
    path: (providerId, bookingCode) => `/providers/${providerId}/flight-history?bookingCode=${bookingCode}`,
  },
  { name: 'FlightService.getFlight', args: (n) => [1 + (n % 2000)], path: (id) => `/flights/${id}` },
  {
    name: 'FlightService.searchFlights',
    args: (n) => [ORIGINS[n % 5], DESTINATIONS[n % 4]],
    path: (from, to) => `/flights?from=${from}&to=${to}`,
  },
  {
    name: 'BookingService.getBooking',
    args: (n) => [code(1 + n)],
    path: (booking) => `/bookings/${booking}`,
  },
  {
    name: 'BookingService.listBookings',
    args: (n) => [provider(n)],
    path: (providerId) => `/providers/${providerId}/bookings`,
  },
  { name: 'PriceService.getPrices', args: (n) => [2 + (n % 1900)], path: (id) => `/flights/${id}/prices` },
  {
    name: 'PriceService.quote',
    args: (n) => [2 + (n % 1900), 1 + (n % 5)],
    path: (id, passengers) => `/flights/${id}/quote?passengers=${passengers}`,
  },
];

/** The request that the whole demo is about: no booking code. Marked, for the figures kept apart. */
const BIG = {
  name: 'FlightService.getFlightHistory',
  args: [PROVIDER],
  path: `/providers/${PROVIDER}/flight-history`,
  big: true,
};

/** Light requests only: what a process does once (compiling, first plans) shall lie behind it. */
export const WARM_UP = lightRequests(10);

/** 350 light requests, and in their middle the big one. Each: { name, args, path, big? }. */
export const LOAD = lightRequests(50);
LOAD.splice(LOAD.length >> 1, 0, BIG);

/** `each` light requests of every kind, in the same mixed order every time. */
function lightRequests(each) {
  const requests = [];
  for (let n = 0; n < each; n++) {
    for (const kind of KINDS) {
      const args = kind.args(n);
      requests.push({ name: kind.name, args, path: kind.path(...args) });
    }
  }
  return shuffle(requests);
}

function shuffle(list) {
  // A fixed seed: two runs under the same load can be compared.
  let seed = 20260301;
  for (let i = list.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    const j = seed % (i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
