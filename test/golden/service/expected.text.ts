// A method of a service: the shape that most users see.
import * as $mp from "memprof/runtime";var $file,$r;function $sites(){return $file||($file=$mp.file("input.ts",[["FlightService.getFlightHistory",6,1,["providerId","bookingCode"],[9],10000000]]))}export class FlightService {
  constructor(private readonly repository: { find(filter: object): Promise<number[]> }) {}

  /** @memprof 10MB */
  async getFlightHistory(providerId: string, bookingCode?: string): Promise<number[]> {const $s=$mp.enter($sites(),0);try{$s.takes&&($s.given=providerId,$s.given=bookingCode);
    const filter: Record<string, string> = { providerId };
    if (bookingCode) filter.bookingCode = bookingCode;
    const rows = ($r=await ($r=(this.repository.find(filter)),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out);
    return $s.doneWith((rows.filter((row) => row > 1)));
  ;}finally{if($s.exit()){$s.arg=providerId;$s.arg=bookingCode;$s.explain()}}}

  untouched(): number {
    return 1;
  }
}

const service = new FlightService({ find: async (filter) => [1, 2, Object.keys(filter).length] });
service.getFlightHistory('p').then((rows) => console.log(rows, service.untouched()));
