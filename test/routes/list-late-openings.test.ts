import { beforeAll, describe, expect, test } from "vitest";
import type { OwnPatient } from "../support/patients.ts";
import { type Api, useStack } from "../support/stack.ts";

const HOUR = 60;
const DAY = 24 * HOUR;

const stack = useStack();
let staff: Api;
let doctor: string;
let colleague: string;
let location: string;

let patients: OwnPatient[];
const patient = (n: number): string => patients[n]!.id;

async function newDoctor(name: string): Promise<string> {
  const [row] = await stack().sql<{ id: string }>(
    "insert into doctors (name, specialty) values ($1, 'Sleep medicine') returning id",
    [name],
  );
  return row?.id ?? "";
}

/** The minute in which this file began: a minute may end between two slots of a test. */
const BEGAN = Math.floor(Date.now() / 60_000) * 60;

/** A slot of a doctor, this many minutes from then. Late or not. */
async function newSlot(of: string, inMinutes: number, late = false, minutes = 15): Promise<string> {
  const [row] = await stack().sql<{ id: string }>(
    `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin, late_opening)
     select $1, $2, x.at, x.at + make_interval(mins => $4::int), (x.at at time zone 'Europe/Dublin')::date, 'staff', $5
     from (select to_timestamp($6::float8) + make_interval(mins => $3::int) as at) x returning id`,
    [of, location, inMinutes, minutes, late, BEGAN],
  );
  return row?.id ?? "";
}

/** Books a patient into a new slot as staff do; answers slot and appointment. */
async function newAppointment(n: number, of: string, inMinutes: number, minutes = 15) {
  const slotId = await newSlot(of, inMinutes, false, minutes);
  const patientId = patient(n);
  const held = await staff("POST", "/holds", { slotId, patientId });
  const booked = await staff("POST", "/appointments", { holdId: held.body.id, patientId });
  expect(booked.status).toBe(201);
  return { slotId, id: booked.body.id as string };
}

/** The appointment loses its slot, as when the clinic closes it. */
async function displace(appointmentId: string): Promise<void> {
  await stack().sql(
    "update slots set appointment_id = null, status = 'closed', closed_by = 'staff' where appointment_id = $1",
    [appointmentId],
  );
  await stack().sql("update appointments set status = 'to-place', slot_id = null where id = $1", [appointmentId]);
}

const list = async (query = "") => (await staff("GET", `/late-openings?doctorId=${doctor}${query}`)).body;
const find = async (slotId: string) =>
  (await list()).items.find(({ slot }: { slot: { id: string } }) => slot.id === slotId);
const cancelByClinic = (id: string) =>
  staff("POST", `/appointments/${id}/cancel`, { reason: { by: "clinic", code: "staffing" } }, { "If-Match": '"1"' });

beforeAll(async () => {
  staff = await stack().as("staff1");
  patients = await stack().newPatients(53);
  location = (await stack().nobody("GET", "/config")).body.locations[0].id;
  [doctor, colleague] = [await newDoctor("Dr Late"), await newDoctor("Dr Later")];
  // Late openings are offered to the seeded patients as well. This doctor has none of them.
  await stack().sql("update slots set appointment_id = null where appointment_id is not null");
  await stack().sql("update appointments set status = 'cancelled', slot_id = null where slot_id is not null");
});

describe("listLateOpenings", () => {
  test("A slot that a cancellation frees within the freeze is listed, a slot freed earlier is not", async () => {
    expect(await list()).toEqual({ items: [], nextCursor: null });
    const soon = await newAppointment(1, doctor, 5 * HOUR);
    const far = await newAppointment(2, doctor, 5 * DAY);
    expect((await cancelByClinic(soon.id)).status).toBe(200);
    expect((await cancelByClinic(far.id)).status).toBe(200);
    const { items } = await list();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      slot: { id: soon.slotId, doctorId: doctor },
      doctorName: "Dr Late",
      candidates: [],
    });
  });

  test("The candidates are first the patients to place, then those the clinic moved, then the latest appointments", async () => {
    const near = await newAppointment(11, doctor, 3 * DAY);
    const far = await newAppointment(12, doctor, 9 * DAY);
    const moved = await newAppointment(13, doctor, 4 * DAY);
    await stack().sql("update appointments set status = 'moved' where id = $1", [moved.id]);
    const others = await newAppointment(14, colleague, 2 * DAY);
    const own = await newAppointment(15, doctor, 6 * DAY);
    await displace(others.id);
    await displace(own.id);
    // Within the freeze themselves, of another doctor, too long, busy, switched off: none of these.
    await newAppointment(16, doctor, 20 * HOUR);
    await newAppointment(17, colleague, 8 * DAY);
    await newAppointment(18, doctor, 8 * DAY, 30);
    await newAppointment(19, doctor, 7 * DAY + HOUR);
    await newAppointment(19, colleague, 6 * HOUR);
    await newAppointment(20, doctor, 7 * DAY + 2 * HOUR);
    await stack().sql("update patients set active = false where id = $1", [patient(20)]);

    const slotId = await newSlot(doctor, 6 * HOUR, true);
    const { candidates } = await find(slotId);
    expect(
      candidates.map((one: Record<string, unknown>) => [one["reason"], one["patientId"], one["appointmentId"]]),
    ).toEqual([
      ["to-place", patient(15), own.id],
      ["to-place", patient(14), others.id],
      ["moved-by-clinic", patient(13), moved.id],
      ["later-appointment", patient(12), far.id],
      ["later-appointment", patient(11), near.id],
    ]);
    expect(candidates[0]).toMatchObject({ status: "to-place", gainMinutes: null, doctorId: doctor });
    expect(candidates[3]).toMatchObject({
      status: "booked",
      gainMinutes: 9 * DAY - 6 * HOUR,
      patientName: expect.any(String),
    });
  });

  test("A patient who gave up that very slot is not a candidate for it", async () => {
    const left = await newAppointment(31, doctor, 8 * HOUR);
    const target = await newSlot(doctor, 12 * DAY);
    const held = await staff("POST", "/holds", { slotId: target, patientId: patient(31) });
    const override = { reason: "called in" };
    const rescheduled = await staff(
      "POST",
      `/appointments/${left.id}/reschedule`,
      { holdId: held.body.id, override },
      { "If-Match": '"1"' },
    );
    expect(rescheduled.status).toBe(200);
    const { candidates } = await find(left.slotId);
    expect(candidates.map((one: { patientId: string }) => one.patientId)).not.toContain(patient(31));
    const elsewhere = await newSlot(doctor, 9 * HOUR, true);
    expect((await find(elsewhere)).candidates.map((one: { patientId: string }) => one.patientId)).toContain(
      patient(31),
    );
  });

  test("A slot that is held, closed, booked or past is not listed", async () => {
    const slotId = await newSlot(doctor, 10 * HOUR, true);
    expect(await find(slotId)).toBeDefined();
    const patientId = patient(41);
    const held = await staff("POST", "/holds", { slotId, patientId });
    expect(held.status).toBe(201);
    expect(await find(slotId)).toBeUndefined();
    await staff("DELETE", `/holds/${held.body.id}`);
    expect(await find(slotId)).toBeDefined();
    await stack().sql("update slots set status = 'closed', closed_by = 'staff' where id = $1", [slotId]);
    expect(await find(slotId)).toBeUndefined();
    await stack().sql("update slots set status = 'open', closed_by = null where id = $1", [slotId]);
    const again = await staff("POST", "/holds", { slotId, patientId });
    expect((await staff("POST", "/appointments", { holdId: again.body.id, patientId })).status).toBe(201);
    expect(await find(slotId)).toBeUndefined();
    expect(await find(await newSlot(doctor, -30, true))).toBeUndefined();
  });

  test("Patients are offered late openings, and can hold them, exactly when the policy says so", async () => {
    const slotId = await newSlot(doctor, 11 * HOUR, true);
    const call = await stack().as(patients[51]!.account);
    const offered = async () => {
      const ids: string[] = [];
      let cursor: string | null = "";
      do {
        const path: string = `/availability?doctorId=${doctor}${cursor ? `&cursor=${cursor}` : ""}`;
        const { body } = await call("GET", path);
        ids.push(...body.days.flatMap(({ slots }: { slots: { id: string }[] }) => slots.map(({ id }) => id)));
        cursor = body.nextCursor;
      } while (cursor);
      return ids.includes(slotId);
    };
    const decide = async (lateOpenings: "staff" | "patients") => {
      const etag = (await staff("GET", "/policy")).headers.get("ETag") ?? "";
      expect((await staff("PATCH", "/policy", { lateOpenings }, { "If-Match": etag })).status).toBe(200);
    };
    expect(await offered()).toBe(false);
    expect((await call("POST", "/holds", { slotId })).body.code).toBe("slot-taken");
    await decide("patients");
    try {
      expect(await offered()).toBe(true);
      const held = await call("POST", "/holds", { slotId });
      expect(held.status).toBe(201);
      await call("DELETE", `/holds/${held.body.id}`);
    } finally {
      await decide("staff");
    }
    expect(await offered()).toBe(false);
    expect((await call("POST", "/holds", { slotId })).body.code).toBe("slot-taken");
    expect((await staff("POST", "/holds", { slotId, patientId: patient(52) })).status).toBe(201);
  });

  test("The list is paged in order, without a gap or a repetition", async () => {
    const whole = (await list("&limit=200")).items.map(({ slot }: { slot: { id: string } }) => slot.id);
    expect(whole.length).toBeGreaterThan(3);
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const reply = await staff("GET", `/late-openings?doctorId=${doctor}&limit=2${cursor ? `&cursor=${cursor}` : ""}`);
      expect(reply.headers.has("Link")).toBe(reply.body.nextCursor !== null);
      expect(reply.body.items.length).toBeLessThanOrEqual(2);
      paged.push(...reply.body.items.map(({ slot }: { slot: { id: string } }) => slot.id));
      cursor = reply.body.nextCursor;
    }
    expect(paged).toEqual(whole);
    expect((await staff("GET", "/late-openings?cursor=abc")).body.code).toBe("invalid-request");
    expect((await staff("GET", "/late-openings?limit=0")).body.code).toBe("invalid-request");
  });

  test("403 forbidden: Late openings are for staff only", async () => {
    for (const account of ["patient2", "doctor1"]) {
      expect((await (await stack().as(account))("GET", "/late-openings")).status).toBe(403);
    }
    expect((await stack().nobody("GET", "/late-openings")).status).toBe(401);
  });
});
