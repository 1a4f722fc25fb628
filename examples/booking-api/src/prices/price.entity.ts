// What a seat of one fare class costs on a flight.
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('prices')
export class Price {
  @PrimaryColumn()
  id!: number;

  @Column({ name: 'flight_id' })
  flightId!: number;

  @Column({ name: 'fare_class' })
  fareClass!: string;

  @Column()
  cents!: number;

  @Column()
  currency!: string;
}
