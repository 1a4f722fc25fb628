// A flight on sale. Serves search and booking.
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('flights')
export class Flight {
  @PrimaryColumn()
  id!: number;

  @Column({ name: 'flight_number' })
  flightNumber!: string;

  @Column()
  origin!: string;

  @Column()
  destination!: string;

  @Column({ name: 'departs_at', type: 'timestamptz' })
  departsAt!: Date;

  @Column({ name: 'arrives_at', type: 'timestamptz' })
  arrivesAt!: Date;

  @Column({ name: 'seats_left' })
  seatsLeft!: number;
}
