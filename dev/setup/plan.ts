import * as z from "zod/v4";
import { Login } from "#contract/requests/doctors.ts";
import { PersonName, Phone } from "#contract/requests/patients.ts";
import { ClinicName, Region, locationMembers } from "#contract/requests/places.ts";
import { settings } from "#contract/requests/policy.ts";

/** The origin of both apps, as `PUBLIC_URL` has it. Plain http is for this machine's loopback address only. */
const Origin = z
  .string()
  .refine((text) => URL.parse(text)?.origin === text, "must be an origin, such as https://book.clinic.example")
  .refine((text) => /^(https:|http:\/\/127\.0\.0\.1[:/]?)/.test(text), "must begin with https://");

const { name, address, timeZone, country } = locationMembers();

/** One question each: `npm run setup` asks for these values on the terminal in this order. */
export const FIELDS = {
  clinicName: ClinicName(),
  phone: Phone(),
  timeZone,
  locales: settings().locales,
  locationName: name,
  address,
  country,
  region: Region().nullable(),
  administratorName: PersonName(),
  subject: Login(),
  publicUrl: Origin,
};

const Location = z.strictObject({ ...locationMembers(), region: FIELDS.region.default(null) });

/** The clinic as `npm run setup` makes it: the shape of its file. */
const Plan = z.strictObject({
  clinic: z.strictObject({ name: FIELDS.clinicName, phone: FIELDS.phone, timeZone }),
  /** The languages of the mails; the first is that of patients who choose none. */
  locales: FIELDS.locales,
  locations: z
    .array(Location)
    .min(1)
    .max(100)
    .refine(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      "each location needs a name of its own",
    ),
  /** `subject`: the `sub` that the identity provider gave the first administrator. */
  administrator: z.strictObject({ name: FIELDS.administratorName, subject: FIELDS.subject }),
  publicUrl: FIELDS.publicUrl,
});
export type Plan = z.output<typeof Plan>;

/** The plan cannot be used. Each of `faults` is a sentence about one value. */
export class PlanWrong extends Error {
  override name = "PlanWrong";
  readonly faults: string[];

  constructor(faults: string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * Reads a plan from what a file's JSON says.
 * @throws {PlanWrong} naming each value by its path, such as `locations.0.timeZone`
 */
export function readPlan(json: unknown): Plan {
  const read = Plan.safeParse(json);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => {
    const fault = message.endsWith("received undefined") ? "is missing" : message;
    return `${path.join(".") || "The file"}: ${fault}.`;
  });
  throw new PlanWrong(faults);
}
