// One flown leg of a booking, kept for the providers' accounts. The table that only ever grows.
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('flight_history')
export class FlightHistory {
  @PrimaryColumn()
  id!: number;

  @Column({ name: 'provider_id' })
  providerId!: string;

  @Column({ name: 'booking_code' })
  bookingCode!: string;

  @Column({ name: 'flight_number' })
  flightNumber!: string;

  @Column()
  origin!: string;

  @Column()
  destination!: string;

  @Column({ name: 'departed_at', type: 'timestamptz' })
  departedAt!: Date;

  @Column()
  status!: string;

  @Column({ name: 'fare_cents' })
  fareCents!: number;
}
