import { Doctors } from "#contract/answers/clinic.ts";
import { DoctorRecord } from "#contract/answers/doctors.ts";
import { Impact } from "#contract/answers/schedule.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const doctors = {
  listDoctors: {
    group: "Clinic",
    summary: "Doctors and specialties",
    answers: { 200: json(Doctors, "Doctors by name") },
    refusals: ["unauthenticated", "forbidden"],
  },
  createDoctor: {
    group: "Doctors",
    summary: "Add a doctor",
    answers: { 201: json(DoctorRecord, "The new record", "Location", "ETag") },
    keyed: true,
  },
  getDoctor: {
    group: "Doctors",
    summary: "One doctor's record",
    answers: { 200: json(DoctorRecord, "The record", "ETag") },
    refusals: ["not-found"],
  },
  changeDoctor: {
    group: "Doctors",
    summary: "Change a doctor's record, or switch it off",
    answers: { 200: json(DoctorRecord, "The record from now on", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  giveDoctorLogin: {
    group: "Doctors",
    summary: "Give a login to a doctor without one",
    answers: { 200: json(DoctorRecord, "The record, which has a login", "ETag") },
    refusals: ["not-found", "wrong-state", "duplicate"],
    keyed: true,
    versioned: true,
  },
  endDoctorLogin: {
    group: "Doctors",
    summary: "End a doctor's login and all its sessions; repeatable",
    answers: { 200: json(DoctorRecord, "The record, which has no login", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  leaveDoctor: {
    group: "Doctors",
    summary: "A doctor leaves the clinic: who is booked from that date on is moved to others of the specialty",
    answers: { 200: json(DoctorRecord, "The record; it is switched off on that date", "ETag", "Link?") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    previewed: true,
  },
  previewLeaveDoctor: {
    group: "Doctors",
    summary: "Which appointments a doctor's leaving would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found", "wrong-state"],
  },
} satisfies Descriptions;
