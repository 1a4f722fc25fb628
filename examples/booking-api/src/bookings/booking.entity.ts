// A passenger's booking with a provider.
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('bookings')
export class Booking {
  @PrimaryColumn()
  code!: string;

  @Column({ name: 'provider_id' })
  providerId!: string;

  @Column({ name: 'flight_id' })
  flightId!: number;

  @Column()
  passenger!: string;

  @Column()
  status!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
