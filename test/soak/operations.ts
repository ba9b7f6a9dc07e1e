import type { Database } from "#db/client.ts";
import { listAppointments } from "#db/queries/appointments.ts";
import { readAvailability } from "#db/queries/availability.ts";
import { accept } from "#db/transactions/accept.ts";
import { attend } from "#db/transactions/attend.ts";
import { cancel } from "#db/transactions/cancel.ts";
import { confirm } from "#db/transactions/confirm.ts";
import { extendHold } from "#db/transactions/extend-hold.ts";
import { type HoldTarget, hold } from "#db/transactions/hold.ts";
import { releaseHold } from "#db/transactions/release-hold.ts";
import { reschedule } from "#db/transactions/reschedule.ts";
import type { Act, Outcome } from "#db/verb.ts";
import type { random } from "#dev/seed/random.ts";
import type { Person } from "#test/support/small-clinic.ts";
import type { SoakClinic } from "./clinic.ts";

/** An appointment as some client was last told of it. */
export interface Known {
  id: string;
  patient: Person;
  version: number;
}

/** What all clients have been told so far, to choose from; some of it is out of date, as in life. */
export interface Memory {
  holds: { id: string; patient: Person }[];
  appointments: Known[];
}

export interface Answer {
  id?: string;
  version?: number;
  slotId?: string | null;
  slot?: { id: string };
}

export interface Operation {
  name: string;
  person: Person;
  /** Done again with the same act until it is answered. */
  run: (db: Database, act: Act) => Promise<Outcome<Answer, { code: string }>>;
  learn?: (answer: Answer) => void;
}

type Dice = ReturnType<typeof random>;

const NAMES = ["hold", "first", "confirm", "reschedule", "cancel", "extend", "release", "accept", "attend"] as const;
const WEIGHTS = [22, 14, 24, 20, 9, 3, 4, 1, 3];

/** Somebody's next step: patients for themselves, staff for anybody, sometimes setting the rules aside. */
export function nextOperation(clinic: SoakClinic, memory: Memory, dice: Dice, who: Person): Operation {
  const isStaff = who.caller.role === "staff";
  const patient = isStaff ? dice.pick(clinic.patients) : who;
  const override = isStaff && dice.next() < 0.4 ? { reason: "Soaked" } : null;
  const name = NAMES[dice.weighted(WEIGHTS)] ?? "first";
  const mine = <T extends { patient: Person }>(list: T[]): T | undefined => {
    const own = isStaff ? list : list.filter((one) => one.patient === who);
    return own[own.length - 1 - dice.below(Math.min(own.length || 1, 4))];
  };
  const held = mine(memory.holds);
  const known = mine(memory.appointments);
  const subject = known && { appointmentId: known.id, versions: [known.version], patientId: null, override };
  const learnVersion = (answer: Answer): void => {
    if (known && answer.version !== undefined) known.version = Math.max(known.version, answer.version);
  };

  if (name === "hold" || name === "first" || !held || (!subject && name !== "confirm")) {
    const target: HoldTarget = name === "first" ? {} : { slotId: dice.pick(clinic.slots) };
    return {
      name: "hold",
      person: who,
      run: (db, act) => hold(db, act, patient.id, target, "slotId" in target ? override : null),
      learn: ({ id = "" }) => void memory.holds.push({ id, patient }),
    };
  }
  if (name === "confirm") {
    return {
      name: "appointment.confirm",
      person: who,
      run: (db, act) => confirm(db, act, { holdId: held.id, patientId: null, reason: null, override }),
      learn: ({ id = "", version = 1 }) => void memory.appointments.push({ id, version, patient: held.patient }),
    };
  }
  if (name === "extend") return { name: "hold.extend", person: who, run: (db, act) => extendHold(db, act, held.id) };
  if (name === "release") {
    return {
      name: "hold.release",
      person: who,
      run: (db, act) => releaseHold(db, act, held.id),
    };
  }
  if (!subject) throw new Error("an operation without its appointment");
  switch (name) {
    case "reschedule": {
      const into = memory.holds.findLast((one) => one.patient === known.patient) ?? held;
      const run: Operation["run"] = (db, act) => reschedule(db, act, { ...subject, holdId: into.id });
      return { name: "appointment.reschedule", person: who, run, learn: learnVersion };
    }
    case "cancel": {
      const by = isStaff && dice.next() < 0.5 ? "clinic" : "patient";
      const run: Operation["run"] = (db, act) =>
        cancel(db, act, { ...subject, reason: { by, code: "other", note: null } });
      return { name: "appointment.cancel", person: who, run, learn: learnVersion };
    }
    case "accept":
      return {
        name: "appointment.accept",
        person: who,
        run: (db, act) => accept(db, act, subject),
        learn: learnVersion,
      };
    case "attend": {
      const person = isStaff ? who : dice.pick(clinic.doctors);
      return {
        name: "appointment.arrived",
        person,
        run: (db, act) => attend(db, act, { ...subject, status: "arrived" }),
        learn: learnVersion,
      };
    }
  }
}

/** The request id of those who only look: that staff saw a patient's record is in the audit trail as well. */
export const LOOKING = "looking";

/** Now and then somebody only looks, and learns of the newest versions. */
export async function look(db: Database, memory: Memory, dice: Dice, who: Person): Promise<void> {
  if (dice.next() < 0.5) return void (await readAvailability(db, who.caller, { limit: 50 }));
  const rows = (await listAppointments(db, who.caller, { when: "upcoming", limit: 50 }, LOOKING)) ?? [];
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  for (const known of memory.appointments) known.version = Math.max(known.version, versions.get(known.id) ?? 0);
}
