// HTTP over BookingService.
import { Controller, Get, Param } from '@nestjs/common';
import { BookingService } from './booking.service.js';

@Controller()
export class BookingController {
  constructor(private readonly bookings: BookingService) {}

  @Get('bookings/:code')
  get(@Param('code') code: string) {
    return this.bookings.getBooking(code);
  }

  @Get('providers/:providerId/bookings')
  list(@Param('providerId') providerId: string) {
    return this.bookings.listBookings(providerId);
  }
}
