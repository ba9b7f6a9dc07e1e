import { Appointment } from "#contract/answers/appointments.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const appointmentChanges = {
  rescheduleAppointment: {
    group: "Appointments",
    summary: "Move an appointment into a held slot, or change nothing",
    answers: { 200: json(Appointment, "Moved", "ETag") },
    refusals: [
      "not-found",
      "wrong-state",
      "frozen",
      "change-budget-spent",
      "booking-limit",
      "hold-expired",
      "overlaps-own-appointment",
    ],
    keyed: true,
    versioned: true,
  },
  cancelAppointment: {
    group: "Appointments",
    summary: "Cancel an appointment and free its slot",
    answers: { 200: json(Appointment, "Cancelled", "ETag") },
    refusals: ["not-found", "wrong-state", "frozen"],
    keyed: true,
    versioned: true,
  },
  acceptAppointment: {
    group: "Appointments",
    summary: "Agree to a move that the clinic made",
    answers: { 200: json(Appointment, "Agreed", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  transferAppointment: {
    group: "Appointments",
    summary: "Transfer an appointment to another patient; both are notified",
    answers: { 200: json(Appointment, "Transferred", "ETag") },
    refusals: ["not-found", "wrong-state", "overlaps-own-appointment"],
    keyed: true,
    versioned: true,
  },
  markAttendance: {
    group: "Appointments",
    summary: "Mark that a patient has arrived, has been seen, or did not come",
    answers: { 200: json(Appointment, "Marked", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
