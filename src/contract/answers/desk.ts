import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { text } from "#contract/answers/common.ts";
import { ClinicDate, Id, Instant } from "#contract/common.ts";

export const Opening = z
  .object({
    date: ClinicDate(),
    slot: Slot,
    doctorName: text("Dr Byrne"),
    specialty: text("General practice"),
    lateOpening: z.boolean().meta({ description: "It came free within the freeze" }),
  })
  .meta({ id: "Opening" });
export type Opening = z.infer<typeof Opening>;

export const Openings = z
  .object({ items: z.array(Opening).max(10).meta({ description: "By date; dates without a free time are left out" }) })
  .meta({ id: "Openings" });
export type Openings = z.infer<typeof Openings>;

export const WaitingPatient = z
  .object({
    appointmentId: Id(),
    patientId: Id(),
    patientName: text("Niamh Ní Bhriain"),
    doctorId: Id(),
    doctorName: text("Dr Byrne"),
    locationId: Id(),
    startsAt: Instant(),
    arrivedAt: Instant(),
    waitingMinutes: z.int().meta({ description: "Since they arrived, by the server's clock" }),
  })
  .meta({ id: "WaitingPatient" });

export const DeskWeek = z
  .object({
    from: ClinicDate().meta({ description: "The week's Monday" }),
    booked: z.int().meta({ description: "Appointments that had a time, whatever became of them but cancelled" }),
    seen: z.int(),
    noShow: z.int(),
    cancelledByPatient: z.int(),
    cancelledByClinic: z.int().meta({ description: "For a reason of the clinic's or the doctor's" }),
    offered: z.int().meta({ description: "Times that were open or booked" }),
  })
  .meta({ id: "DeskWeek" });

export const Today = z
  .object({
    date: ClinicDate(),
    booked: z.int().meta({ description: "Not arrived yet" }),
    arrived: z.int(),
    completed: z.int(),
    noShow: z.int(),
    free: z.int().meta({ description: "Free times in what is left of today" }),
    lateOpenings: z.int().meta({ description: "Free times that came free within the freeze, of any day" }),
    toPlace: z.int().meta({ description: "Appointments without a time, of any day" }),
    unconfirmed: z.int().meta({ description: "Moved by the clinic, and not answered in time" }),
    waiting: z.array(WaitingPatient).meta({ description: "Longest first" }),
    weeks: z.array(DeskWeek).meta({ description: "Oldest first; the last is this week" }),
  })
  .meta({ id: "Today" });
export type Today = z.infer<typeof Today>;
