import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, type Infer } from "#contract/common.ts";
import { Name, PersonName } from "#contract/requests/patients.ts";
import { PreviewToken } from "#contract/requests/schedule.ts";

const Specialty = once(() => Name(100).meta({ example: "General practice" }));

const OwnSlotMinutes = once(() =>
  z
    .int()
    .min(5)
    .max(120)
    .nullable()
    .meta({ description: "Own slot length, minutes; null: the clinic's. Slots there are stay as they are" }),
);

export const CreateDoctor = once(() =>
  z
    .strictObject({ name: PersonName(), specialty: Specialty(), slotMinutes: OwnSlotMinutes().optional() })
    .meta({ id: "CreateDoctor" }),
);
export type CreateDoctor = Infer<typeof CreateDoctor>;

export const ChangeDoctor = once(() =>
  z
    .strictObject({
      name: PersonName().optional(),
      specialty: Specialty().optional(),
      slotMinutes: OwnSlotMinutes().optional(),
      active: z
        .boolean()
        .optional()
        .meta({
          description:
            "false: free slots to come are closed and the login ends; refused while there are appointments to come, " +
            "for which POST /doctors/{id}/leave finds new times",
        }),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangeDoctor", example: { specialty: "Dermatology" } }),
);
export type ChangeDoctor = Infer<typeof ChangeDoctor>;

/** The `sub` of a login. */
export const Login = once(() =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 visible ASCII characters")
    .refine((subject) => !subject.startsWith("unlinked|"), "Not the name of a login")
    .meta({ description: "The login's `sub` at the identity provider", example: "auth0|65f0c0ffee" }),
);

export const GiveLogin = once(() => z.strictObject({ subject: Login() }).meta({ id: "GiveLogin" }));

export const DoctorLeaves = once(() =>
  z
    .strictObject({
      from: ClinicDate().meta({ description: "The first date without them, today at the earliest" }),
      previewToken: PreviewToken(),
    })
    .meta({ id: "DoctorLeaves" }),
);
