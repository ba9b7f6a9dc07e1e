import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Id, Override, PatientId, type Infer } from "#contract/common.ts";

const appointmentId = once(() =>
  Id().optional().meta({ description: "The appointment to move there. Without it a new one is booked" }),
);

const named = once(() =>
  z.strictObject({
    slotId: Id(),
    appointmentId: appointmentId(),
    patientId: PatientId().optional(),
    override: Override().optional(),
  }),
);

const first = once(() =>
  z
    .strictObject({
      doctorId: Id().optional(),
      specialty: z.string().min(1).max(100).optional().meta({ example: "General practice" }),
      from: ClinicDate().optional(),
      to: ClinicDate().optional(),
      appointmentId: appointmentId(),
      patientId: PatientId().optional(),
    })
    .refine(({ from, to }) => !from || !to || from <= to, { path: ["to"], message: "From `from` on" }),
);

/** A named slot, or the first one that is free by doctor, specialty and clinic dates (both ends included). */
export const CreateHold = once(() =>
  z.union([named(), first()]).meta({ id: "CreateHold", example: { doctorId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11" } }),
);
export type CreateHold = Infer<typeof CreateHold>;
