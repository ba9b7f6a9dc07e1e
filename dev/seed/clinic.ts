import type { clinic, policy } from "#db/schema/clinic.ts";

export const TIME_ZONE = "Europe/Dublin";

export const CLINIC: typeof clinic.$inferInsert = {
  name: "Liffey Clinic",
  phone: "+353 1 555 0100",
  timeZone: TIME_ZONE,
};

/**
 * The defaults with two languages, a quiet window of 5 seconds and a maximum delay of a minute. A visitor who tries the
 * product wants to see the mail soon. A patient is better served by one mail after a quiet minute.
 */
export const POLICY: typeof policy.$inferInsert = { quietSeconds: 5, maxDelaySeconds: 60, locales: ["en", "de"] };

/** The numbers of the policy that shape the seed itself; the schema's defaults, checked by the seed's test. */
export const SLOT_MINUTES = 15;
export const HORIZON_DAYS = 90;

export type LocationKey = "quay" | "rathmines" | "harbour";

export const LOCATIONS: Record<LocationKey, { name: string; address: string }> = {
  quay: { name: "Ormond Quay", address: "41 Ormond Quay Upper, Dublin 7, D07 X4P1" },
  rathmines: { name: "Rathmines", address: "216 Rathmines Road Lower, Dublin 6, D06 X8F3" },
  harbour: { name: "Dún Laoghaire", address: "3 Crofton Road, Dún Laoghaire, Co. Dublin, A96 X7T0" },
};

/** staff1 is the administrator. */
export const STAFF = ["Sinéad Walsh", "Gearóid Mac Cárthaigh", "Patrycja Zielińska", "Denise O'Hara", "Tobi Adeleke"];
