// Bookings by code and by provider. Serves the booking endpoints.
import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Booking } from './booking.entity.js';

@Injectable()
export class BookingService {
  constructor(@InjectRepository(Booking) private readonly bookings: Repository<Booking>) {}

  async getBooking(code: string): Promise<Booking> {
    const booking = await this.bookings.findOneBy({ code });
    if (!booking) throw new NotFoundException(`no booking ${code}`);
    return booking;
  }

  async listBookings(providerId: string): Promise<Booking[]> {
    return this.bookings.find({ where: { providerId }, order: { createdAt: 'DESC' }, take: 25 });
  }
}
