import * as z from "zod/v4";
import { Slot } from "./clinic.ts";
import { ClinicDate, Id, Instant, Override, PatientId } from "./common.ts";

const named = z.strictObject({ slotId: Id, patientId: PatientId.optional(), override: Override.optional() });
const first = z
  .strictObject({
    doctorId: Id.optional(),
    specialty: z.string().min(1).max(100).optional().meta({ example: "General practice" }),
    from: ClinicDate.optional(),
    to: ClinicDate.optional(),
    patientId: PatientId.optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, { path: ["to"], message: "From `from` on" });

/** A named slot, or the first one that is free by doctor, specialty and clinic dates (both ends included). */
export const CreateHold = z
  .union([named, first])
  .meta({ id: "CreateHold", example: { doctorId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11" } });
export type CreateHold = z.infer<typeof CreateHold>;

export const Hold = z
  .object({
    id: Id,
    slot: Slot,
    expiresAt: Instant,
    expiresInMs: z.int().meta({
      description:
        "Milliseconds left when first answered; count from when the request was first sent, never from the device's clock",
    }),
    extensionsLeft: z.int(),
  })
  .meta({ id: "Hold" });
export type Hold = z.infer<typeof Hold>;
