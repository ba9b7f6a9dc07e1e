import { type Attendance, MAY_START_FROM } from "#domain/lifecycle.ts";
import { clinicDateOf } from "#domain/clinic-time.ts";

/** A small clinic in memory, in which everything happens as the rules say: the judge of what the database does. */
export interface World {
  policy: Policy;
  doctors: PersonState[];
  patients: (PersonState & { changes: number })[];
  slots: ModelSlot[];
  appointments: ModelAppointment[];
}

export interface Policy {
  freezeHours: number;
  minNoticeMinutes: number;
  changeBudget: number;
  patientChangeBudget: number;
}

interface PersonState {
  id: string;
  personId: string;
  subject: string;
}

export interface ModelSlot {
  id: string;
  doctor: number;
  /** Minutes from now; every slot lasts a quarter of an hour. */
  startsIn: number;
  open: boolean;
  hold: { id: string; by: number; live: boolean } | null;
  appointment: number | null;
  late: boolean;
}

export interface ModelAppointment {
  id: string;
  patient: number;
  doctor: number;
  slot: number | null;
  startsIn: number;
  status: "booked" | "moved" | "to-place" | "cancelled" | Attendance;
  used: number;
  version: number;
  overlapAllowed: boolean;
}

/** How a verb is called: by the patient, by staff acting for the patient, by staff with an override. */
export type Door = "patient" | "staff" | "override";

/** `done`, or the code of the refusal. */
export type Verdict = string;

const clash = (a: number, b: number): boolean => Math.abs(a - b) < 15;

function rivalOf(world: World, patient: number, startsIn: number, except?: ModelAppointment) {
  return world.appointments.find(
    (other) =>
      other !== except &&
      other.patient === patient &&
      other.slot !== null &&
      !other.overlapAllowed &&
      clash(other.startsIn, startsIn),
  );
}

const isFrozen = (world: World, startsIn: number): boolean => startsIn <= world.policy.freezeHours * 60;

function free(world: World, slot: number | null): void {
  const row = slot === null ? undefined : world.slots[slot];
  if (!row) return;
  row.appointment = null;
  row.late = row.startsIn > 0 && isFrozen(world, row.startsIn);
}

export function hold(world: World, door: Door, patient: number, slot: number): Verdict {
  const row = world.slots[slot]!;
  const soonest = door === "patient" ? world.policy.minNoticeMinutes : 0;
  if (!row.open && door !== "override") return "taken";
  if (row.appointment !== null || row.startsIn <= soonest) return "taken";
  if (door === "patient" && row.late) return "taken";
  if (row.hold?.live && row.hold.by !== patient) return "taken";
  if (row.hold?.live) return "done";
  // One hold for a patient: the new one ends the other.
  for (const other of world.slots) if (other.hold?.live && other.hold.by === patient) other.hold = null;
  row.hold = { id: crypto.randomUUID(), by: patient, live: true };
  return "done";
}

export function confirm(world: World, door: Door, patient: number, holdId: string): Verdict {
  const slot = world.slots.findIndex((row) => row.hold?.id === holdId);
  const row = world.slots[slot];
  if (!row?.hold) return "not-found";
  if (door === "patient" && row.hold.by !== patient) return "not-found";
  const holder = row.hold.by;
  const rival = rivalOf(world, holder, row.startsIn);
  if (!row.hold.live || row.appointment !== null || row.startsIn <= 0) return "refused";
  if (door !== "override" && (!row.open || rival)) return "refused";
  row.hold = null;
  row.late = false;
  row.appointment = world.appointments.length;
  world.appointments.push({
    id: crypto.randomUUID(),
    patient: holder,
    doctor: row.doctor,
    slot,
    startsIn: row.startsIn,
    status: "booked",
    used: 0,
    version: 1,
    overlapAllowed: rival !== undefined,
  });
  return "done";
}

export function reschedule(world: World, door: Door, index: number, version: number, holdId: string): Verdict {
  const { policy } = world;
  const row = world.appointments[index]!;
  const patient = world.patients[row.patient]!;
  const forced = door === "override";
  const isFree = row.status === "moved" || row.status === "to-place";
  if (version !== row.version) return "version-conflict";
  if (!MAY_START_FROM.reschedule.includes(row.status)) return "wrong-state";
  if (!forced && row.slot !== null && isFrozen(world, row.startsIn)) return "frozen";
  if (!forced && !isFree && row.used >= policy.changeBudget) return "change-budget-spent";
  if (!forced && !isFree && patient.changes >= policy.patientChangeBudget) return "change-budget-spent";
  if (!world.slots.some(({ hold }) => hold?.id === holdId && hold.by === row.patient)) return "not-found";
  const slot = world.slots.findIndex(({ hold }) => hold?.id === holdId && hold.live && hold.by === row.patient);
  const target = world.slots[slot];
  if (!target || target.startsIn <= 0 || target.appointment !== null) return "hold-expired";
  if (!target.open && !forced) return "hold-expired";
  if (door === "patient" && target.startsIn <= policy.minNoticeMinutes) return "frozen";
  const rival = rivalOf(world, row.patient, target.startsIn, row);
  if (rival && !forced) return "overlaps-own-appointment";

  free(world, row.slot);
  if (!forced && !isFree) {
    row.used += 1;
    patient.changes += 1;
  }
  Object.assign(target, { hold: null, late: false, appointment: index });
  Object.assign(row, { slot, doctor: target.doctor, startsIn: target.startsIn, status: "booked" });
  Object.assign(row, { overlapAllowed: rival !== undefined, version: row.version + 1 });
  return "done";
}

export function cancel(world: World, door: Door, index: number, version: number, by: "patient" | "clinic"): Verdict {
  const row = world.appointments[index]!;
  const forced = door === "override" || by === "clinic";
  if (version !== row.version) return "version-conflict";
  if (!MAY_START_FROM.cancel.includes(row.status)) return "wrong-state";
  if (!forced && row.slot !== null && isFrozen(world, row.startsIn)) return "frozen";
  if (!forced && row.status === "booked") world.patients[row.patient]!.changes += 1;
  free(world, row.slot);
  Object.assign(row, { slot: null, status: "cancelled", version: row.version + 1 });
  return "done";
}

export function accept(world: World, index: number, version: number): Verdict {
  const row = world.appointments[index]!;
  if (version !== row.version) return "version-conflict";
  if (!MAY_START_FROM.accept.includes(row.status)) return "wrong-state";
  Object.assign(row, { status: "booked", version: row.version + 1 });
  return "done";
}

/** `doctor` null: staff. */
export function attend(
  world: World,
  doctor: number | null,
  index: number,
  version: number,
  status: Attendance,
): Verdict {
  const row = world.appointments[index]!;
  if (doctor !== null && row.doctor !== doctor) return "not-found";
  if (version !== row.version) return "version-conflict";
  if (!MAY_START_FROM[status].includes(row.status)) return "wrong-state";
  const day = (inMinutes: number): string => clinicDateOf(Date.now() + inMinutes * 60_000, "Europe/Dublin");
  const tooEarly = status === "no-show" ? row.startsIn > 0 : day(row.startsIn) > day(0);
  if (tooEarly) return "wrong-state";
  Object.assign(row, { status, version: row.version + 1 });
  return "done";
}
