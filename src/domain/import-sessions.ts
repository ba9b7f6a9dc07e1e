import type { Session } from "./schedule/model.ts";
import { validateTemplate } from "./schedule/validate.ts";

/** What weekly sessions that an import brings are judged with: the doctors by their ids there, and the locations. */
export interface ImportRules {
  /** The clinic's slot length, minutes. */
  slotMinutes: number;
  locations: { id: string; name: string; zone: string }[];
  doctors: { ref: string; id: string; version: number; slotMinutes: number | null; sessions: Session[] }[];
}

/** A weekly session as its row says it. `location` is a name, left out where the clinic has one location. */
export interface SessionRow extends Omit<Session, "locationId"> {
  doctor: string;
  location?: string | undefined;
}

export type JudgedSession =
  | { session: Session; doctorId: string; version: number }
  | { fault: { code: string; field: string; detail?: string } };

/**
 * Judges weekly sessions one after the other, by the rules of a schedule: each with those that its doctor has and with the
 * accepted ones before it.
 */
export function judgeSessions(rows: readonly SessionRow[], rules: ImportRules): JudgedSession[] {
  const locations = new Map(rules.locations.map((location) => [location.id, location]));
  const sessions = new Map(rules.doctors.map(({ id, sessions: own }) => [id, [...own]]));
  return rows.map(({ doctor: ref, location: named, ...row }) => {
    const doctor = rules.doctors.find((one) => one.ref === ref);
    if (!doctor) return { fault: { code: "no-such-doctor", field: "doctor" } };
    const [only, ...more] =
      named === undefined ? rules.locations : rules.locations.filter(({ name }) => name === named);
    if (!only || more.length > 0) return { fault: { code: "no-such-location", field: "location" } };
    const session: Session = { ...row, locationId: only.id };
    const own = sessions.get(doctor.id) ?? [];
    const issues = validateTemplate([...own, session], {
      locations,
      doctorSlotMinutes: doctor.slotMinutes,
      policySlotMinutes: rules.slotMinutes,
    });
    // Faults of sessions that are there already are not the row's.
    const mine = issues.find(({ pointer }) => pointer === "" || pointer.split("/")[1] === String(own.length));
    if (mine) {
      return { fault: { code: "bad-session", field: mine.pointer.split("/")[2] ?? "from", detail: mine.message } };
    }
    own.push(session);
    sessions.set(doctor.id, own);
    return { session, doctorId: doctor.id, version: doctor.version };
  });
}
