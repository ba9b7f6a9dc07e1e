/** With whom, where and when, as the database tells it: instants in epoch milliseconds, `zone` the location's IANA zone. */
export interface PlaceRow {
  doctorId: string;
  locationId: string;
  startsAt: number;
  endsAt: number;
  zone: string;
}

export interface SlotRow extends PlaceRow {
  id: string;
}
