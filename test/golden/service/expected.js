import * as $mp from "memprof/runtime";
var $file;
function $sites() {
    return $file || ($file = $mp.file("input.ts", [["FlightService.getFlightHistory", 6, 1, ["providerId", "bookingCode"], [9], 10000000]]));
}
// A method of a service: the shape that most users see.
export class FlightService {
    repository;
    constructor(repository) {
        this.repository = repository;
    }
    /** @memprof 10MB */
    async getFlightHistory(providerId, bookingCode) {
        const $s = $mp.enter($sites(), 0);
        try {
            const filter = { providerId };
            if (bookingCode)
                filter.bookingCode = bookingCode;
            const rows = $mp.resume($s, await $mp.suspend($s, this.repository.find(filter), 0));
            return $mp.done($s, (rows.filter((row) => row > 1)));
        }
        finally {
            if ($mp.exit($s))
                $mp.explain($s, [providerId, bookingCode]);
        }
    }
    untouched() {
        return 1;
    }
}
const service = new FlightService({ find: async (filter) => [1, 2, Object.keys(filter).length] });
service.getFlightHistory('p').then((rows) => console.log(rows, service.untouched()));
