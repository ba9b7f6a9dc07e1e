import { Appointment, Appointments } from "#contract/answers/appointments.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

export const appointments = {
  confirmAppointment: {
    group: "Booking",
    summary: "Turn a hold into an appointment",
    answers: { 201: json(Appointment, "Booked", "Location", "ETag") },
    refusals: ["not-found", "wrong-state", "hold-expired", "overlaps-own-appointment", "booking-limit"],
    keyed: true,
  },
  listAppointments: {
    group: "Appointments",
    summary: "One's own appointments; a doctor's, in their slots; all, for staff",
    answers: { 200: page(Appointments, "Upcoming ones ascending, past ones descending") },
  },
  getAppointment: {
    group: "Appointments",
    summary: "One appointment",
    answers: { 200: json(Appointment, "The appointment", "ETag") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
