import type { Person } from "#test/support/small-clinic.ts";
import { calendarOperation } from "./calendar-operations.ts";
import type { SoakClinic } from "./clinic.ts";
import { type Dice, type Known, type Memory, type Operation, drop } from "./operation.ts";

const NAMES = ["hold", "first", "confirm", "reschedule", "cancel", "extend", "release", "accept", "attend"] as const;
const WEIGHTS = [20, 12, 21, 19, 18, 3, 3, 3, 1];
/** Of what staff do, the share that changes the calendar. */
const CALENDAR = 0.4;
/** The share of the rest, while a placement case is open. */
const PLACING = 0.4;
const HOLDS_KNOWN = 500;

/** The next operation of a person: patients act for themselves, staff for any patient, sometimes with an override. */
export function nextOperation(clinic: SoakClinic, memory: Memory, dice: Dice, who: Person): Operation {
  const isStaff = who.caller.role === "staff";
  if (isStaff && dice.next() < CALENDAR) return calendarOperation(clinic, memory, dice, who);
  if (isStaff && memory.cases.length > 0 && dice.next() < PLACING) return placing(memory, dice, who);
  const patient = isStaff ? dice.pick(clinic.patients) : who;
  const forPatient = isStaff ? { patientId: patient.id } : {};
  const override = isStaff && dice.next() < 0.4 ? { override: { reason: "Soaked" } } : {};
  const name = NAMES[dice.weighted(WEIGHTS)] ?? "first";
  const recent = <T extends { patient: Person }>(list: T[]): T | undefined => {
    const own = isStaff ? list : list.filter((one) => one.patient === who);
    return own[own.length - 1 - dice.below(Math.min(own.length || 1, isStaff ? 40 : 2))];
  };
  const held = recent(memory.holds);
  const isAsked = name === "accept" ? ({ status }: Known) => status === "moved" : () => true;
  const known = recent(memory.appointments.filter(isAsked)) ?? recent(memory.appointments);

  if (name === "hold" || name === "first" || !held || (!known && name !== "confirm")) {
    const body = name === "first" ? forPatient : { slotId: dice.pick(clinic.slots), ...forPatient, ...override };
    return {
      name: "hold",
      person: who,
      ask: () => ({ method: "POST", path: "/holds", body }),
      changed: ({ body: hold }) => [hold.id],
      learn({ body: hold }) {
        memory.holds.push({ id: hold.id, patient });
        // Unused holds have expired.
        if (memory.holds.length > 2 * HOLDS_KNOWN) memory.holds.splice(0, HOLDS_KNOWN);
      },
    };
  }
  const ofHold = { person: who, changed: () => [held.id], forget: () => drop(memory.holds, held) };
  if (name === "confirm") {
    return {
      ...ofHold,
      name: "appointment.confirm",
      ask: () => ({ method: "POST", path: "/appointments", body: { holdId: held.id, ...override } }),
      changed: ({ body: row }) => [row.id],
      learn({ body: row, version }) {
        memory.appointments.push({ id: row.id, version: version ?? 1, patient: held.patient, status: row.status });
        drop(memory.holds, held);
      },
    };
  }
  if (name === "extend") {
    return { ...ofHold, name: "hold.extend", ask: () => ({ method: "POST", path: `/holds/${held.id}/extend` }) };
  }
  if (name === "release") {
    return {
      ...ofHold,
      name: "hold.release",
      ask: () => ({ method: "DELETE", path: `/holds/${held.id}` }),
      learn: () => drop(memory.holds, held),
    };
  }
  if (!known) throw new Error("an operation without its appointment");
  const change = (path: string, body: object, action: string = name, person = who): Operation => ({
    name: `appointment.${action}`,
    person,
    about: known,
    ask: () => ({
      method: "POST",
      path: `/appointments/${known.id}/${path}`,
      body,
      headers: { "If-Match": `"${known.version}"` },
    }),
    changed: () => [known.id],
    learn({ version, body: { status } }) {
      Object.assign(known, { status, version: Math.max(known.version, version ?? 0) });
      if (status === "cancelled") drop(memory.appointments, known);
    },
    forget: () => drop(memory.appointments, known),
  });
  switch (name) {
    case "reschedule": {
      const into = memory.holds.findLast((one) => one.patient === known.patient) ?? held;
      return change("reschedule", { holdId: into.id, ...override });
    }
    case "cancel": {
      const by = isStaff && dice.next() < 0.5 ? "clinic" : "patient";
      return change("cancel", { reason: { by, code: "other" }, ...override });
    }
    case "accept":
      return change("accept", {});
    case "attend":
      return change("attendance", { status: "arrived" }, "arrived", isStaff ? who : dice.pick(clinic.doctors));
  }
}

/** Staff open a case of the placement queue and take one of its offered times, sometimes agreed on the phone. */
function placing(memory: Memory, dice: Dice, person: Person): Operation {
  const id = dice.pick(memory.cases);
  const agreed = dice.next() < 0.5;
  return {
    name: "appointment.place",
    person,
    preview: { method: "GET", path: `/cases/${id}` },
    ask(shown) {
      const slots: string[] = shown?.body.candidates.map(({ slot }: { slot: { id: string } }) => slot.id) ?? [];
      drop(memory.cases, id);
      if (slots.length === 0) return null;
      const headers = { "If-Match": `"${shown?.version}"` };
      return { method: "POST", path: `/cases/${id}/place`, body: { slotId: dice.pick(slots), agreed }, headers };
    },
    changed: ({ body }) => [body.id],
  };
}
