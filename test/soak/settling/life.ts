import type { Database } from "#db/client.ts";
import type pg from "pg";
import { accept, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { place } from "#db/verbs/placement.ts";
import type { Outcome } from "#db/call.ts";
import type { Random } from "#dev/seed/random.ts";
import { type Person, actOf } from "#test/support/small-clinic.ts";
import type { Truth } from "./truth.ts";

interface Row {
  id: string;
  version: number;
  slotId: string | null;
  status: string;
  startsAt: number;
  doctorId: string;
}

/** One appointment with a few slots to move to, changed by the verbs of the product. */
export class Life {
  id = "";
  truth: Truth | null = null;
  readonly #patient: Person;
  readonly #staff: Person;
  readonly #slots: readonly string[];
  #version = 0;
  #slot: string | null = null;
  #before: string | null = null;

  readonly #owner: pg.Pool;

  /** @param owner the database's owner, in the same time as the verbs */
  constructor(owner: pg.Pool, patient: Person, staff: Person, slots: readonly string[]) {
    this.#owner = owner;
    this.#patient = patient;
    this.#staff = staff;
    this.#slots = slots;
  }

  /** Whether anything can still happen to it. */
  get isOver(): boolean {
    return this.truth?.status === "cancelled";
  }

  /** One change. Returns when its notice is due (epoch milliseconds), null without one. */
  async change(db: Database, dice: Random): Promise<number | null> {
    const patient = actOf(this.#patient);
    const staff = actOf(this.#staff);
    const subject = { appointmentId: this.id, versions: [this.#version], patientId: null, override: null };
    if (this.truth === null) {
      const held = await done(hold(db, patient, null, { slotId: this.#free(dice) }, null));
      return this.#learn(confirm(db, patient, { holdId: held.id, patientId: null, reason: null }));
    }
    const isAway = this.truth.status === "to-place";
    switch (dice.weighted([isAway ? 4 : 5, 3, 3, 2, isAway ? 0 : 2, this.truth.status === "moved" ? 4 : 0])) {
      case 0: {
        const held = await done(hold(db, patient, null, { slotId: this.#free(dice) }, null));
        return this.#learn(reschedule(db, patient, { ...subject, holdId: held.id }));
      }
      case 1: {
        // There and back again, where there is a way back.
        const slotId = this.#before ?? this.#free(dice);
        const held = await done(hold(db, patient, null, { slotId }, null));
        return this.#learn(reschedule(db, patient, { ...subject, holdId: held.id }));
      }
      case 2: {
        const slotId = this.#free(dice);
        return this.#learn(place(db, staff, subject, { slotId, agreed: dice.next() < 0.4, override: null }));
      }
      case 3: {
        const reason = { by: "patient", code: "other", note: null } as const;
        return this.#learn(cancel(db, patient, { ...subject, reason }));
      }
      case 4:
        return this.#displace(db.functions);
      default:
        return this.#learn(accept(db, patient, subject));
    }
  }

  /** The clinic takes its slot away: what displace_appointment.sql does to one appointment, and no more. */
  async #displace(functions: string): Promise<number> {
    const { rows } = await this.#owner.query<{ version: number; dueAt: number }>(
      `with was as materialized (select a.slot_id, a.starts_at from appointments a where a.id = $1 for no key update),
        displaced as (
          update appointments a set status = 'to-place', slot_id = null, version = a.version + 1,
            updated_at = clock_timestamp()
          from was where a.id = $1 returning a.*),
        freed as (
          update slots s set appointment_id = null, version = s.version + 1 from was where s.id = was.slot_id)
      select d.version, (extract(epoch from ${functions}.notify_later(d)) * 1000)::float8 as "dueAt" from displaced d`,
      [this.id],
    );
    const [row] = rows;
    if (!row || this.truth === null) throw new Error("there is nothing to displace");
    this.#version = row.version;
    this.#slot = null;
    this.truth = { ...this.truth, status: "to-place" };
    return row.dueAt;
  }

  #free(dice: Random): string {
    return dice.pick(this.#slots.filter((slot) => slot !== this.#slot));
  }

  async #learn(verb: Promise<Outcome<Row, { code: string }>>): Promise<number | null> {
    const outcome = await verb;
    if (outcome.kind !== "done") throw new Error(`a change was ${JSON.stringify(outcome)}`);
    const { id, version, slotId, status, startsAt, doctorId } = outcome.result;
    if (slotId !== this.#slot) this.#before = this.#slot;
    this.id = id;
    this.#version = version;
    this.#slot = slotId;
    this.truth = { status: status as Truth["status"], startsAt, doctorId };
    return outcome.dueAt;
  }
}

async function done<Result>(verb: Promise<Outcome<Result, { code: string }>>): Promise<Result> {
  const outcome = await verb;
  if (outcome.kind !== "done") throw new Error(`a step was ${JSON.stringify(outcome)}`);
  return outcome.result;
}
