/** Doctor, place and time as the database gives them: instants in epoch milliseconds, `zone` the location's IANA zone. */
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
