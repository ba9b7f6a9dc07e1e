import { login } from "#dev/login.ts";
import type { BenchStack } from "./bench-stack.ts";

/** The stage of the morning: the patients who call, and their places on the board. Slot ids; dates of the clinic. */
export interface Morning {
  today: string;
  later: string;
  names: Record<"books" | "again" | "walksIn" | "cancels", string>;
  slots: Record<"drag" | "dragTo" | "keys" | "keysTo" | "absent", string> & { arrivals: string[] };
  /** A session of staff1's. */
  cookie: () => Promise<{ name: string; value: string; domain: string; path: string; secure: boolean }>;
}

const PATIENTS = ["Books", "Again", "Cancels", "Drags", "Keys", "Early", "Second", "Third", "Absent"];

/**
 * A doctor of the morning's own. Patients have the first times of today, so that they can arrive at any time of the day. A
 * time at the end of today is for a walk-in, and times in four days are for moves. There are six cases to place. Tomorrow
 * the first half of a session is lost, because the doctor will be late, as the API applies it.
 */
export async function setMorning({ owner, urls, auth }: BenchStack): Promise<Morning> {
  const one = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row> => {
    const { rows } = await owner.query<Row>(text, values);
    if (!rows[0]) throw new Error("The stage of the morning is not set.");
    return rows[0];
  };
  const { doctor, location, today, later, tomorrow } = await one<Record<string, string>>(
    `insert into doctors (name, specialty) values ('Dr Morning', 'Morning medicine')
     returning id as doctor, (select id from locations order by position limit 1) as location,
       ((now() at time zone 'Europe/Dublin')::date)::text as today,
       ((now() at time zone 'Europe/Dublin')::date + 4)::text as later,
       ((now() at time zone 'Europe/Dublin')::date + 1)::text as tomorrow`,
  );
  const patient = async (name: string): Promise<string> =>
    (
      await one<{ id: string }>(
        `insert into patients (number, name, date_of_birth, phone, email)
         values ('M-' || $1, $1 || ' Morning', '1980-01-01', '+353 1 555 0177', lower($1) || '@morning.example')
         returning id`,
        [name],
      )
    ).id;
  const slot = async (date: string | undefined, time: string): Promise<string> =>
    (
      await one<{ id: string }>(
        `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select $1, $2, x.at, x.at + interval '15 minutes', $3::date, 'staff'
         from (select ($3::date + $4::time) at time zone 'Europe/Dublin' as at) x returning id`,
        [doctor, location, date, time],
      )
    ).id;
  const seat = async (patientId: string, slotId: string, status = "booked"): Promise<void> => {
    await owner.query(
      `with a as (
         insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status)
         select $1, doctor_id, location_id, id, starts_at, ends_at, $3 from slots where id = $2 returning id, slot_id)
       update slots s set appointment_id = a.id from a where s.id = a.slot_id`,
      [patientId, slotId, status],
    );
  };
  const ids = new Map<string, string>();
  for (const name of PATIENTS) ids.set(name, await patient(name));
  const seated = async (name: string, date: string | undefined, time: string, status?: string): Promise<string> => {
    const id = await slot(date, time);
    await seat(ids.get(name) ?? "", id, status);
    return id;
  };
  const arrivals = [
    await seated("Early", today, "00:00"),
    await seated("Second", today, "00:15"),
    await seated("Third", today, "00:30"),
  ];
  const absent = await seated("Absent", today, "00:45");
  await slot(today, "23:45");
  await seated("Again", await dateBefore(), "10:00", "completed");
  await seated("Cancels", later, "12:00");
  const drag = await seated("Drags", later, "09:00");
  const keys = await seated("Keys", later, "09:15");
  await slot(later, "09:30");
  const keysTo = await slot(later, "09:45");
  const dragTo = await slot(later, "10:30");
  await six();
  await lateDoctor();
  return {
    today: today ?? "",
    later: later ?? "",
    names: { books: "Books Morning", again: "Again Morning", walksIn: "Wanda Walkin", cancels: "Cancels Morning" },
    slots: { drag, dragTo, keys, keysTo, absent, arrivals },
    cookie,
  };

  async function dateBefore(): Promise<string> {
    return (await one<{ date: string }>("select ($1::date - 30)::text as date", [today])).date;
  }

  /** Six appointments of the day after tomorrow without a slot, each with its case; and enough free times after it. */
  async function six(): Promise<void> {
    for (let n = 0; n < 6; n++) {
      const id = await patient(`Case${n}`);
      await owner.query(
        `with a as (
           insert into appointments (patient_id, doctor_id, location_id, starts_at, ends_at, status)
           select $1, $2, $3, x.at, x.at + interval '15 minutes', 'to-place'
           from (select ($4::date + 2 + time '10:00' + make_interval(mins => $5)) at time zone 'Europe/Dublin' as at) x
           returning id, starts_at)
         insert into cases (appointment_id, reason, request_id, due_at, why)
         select id, 'holiday', 'morning', starts_at - interval '2 days', '{"code": "frozen"}' from a`,
        [id, doctor, location, today, 15 * n],
      );
    }
    for (let n = 0; n < 16; n++)
      await slot(later, `${13 + Math.floor(n / 4)}:${String((n % 4) * 15).padStart(2, "0")}`);
  }

  /** Tomorrow's session loses its first half: four appointments within the freeze, which a person places. */
  async function lateDoctor(): Promise<void> {
    for (const [n, time] of ["00:00", "00:15", "00:30", "00:45"].entries()) {
      ids.set(`Late${n}`, await patient(`Late${n}`));
      await seated(`Late${n}`, tomorrow, time);
    }
    const { accessToken } = await login({ issuer: urls.issuer, ...auth, account: "staff1" });
    const post = async (path: string, body: object) => {
      const response = await fetch(`${urls.api}${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as { token: string };
    };
    const absence = { kind: "absence", fromDate: tomorrow, toDate: tomorrow, from: "00:00", to: "01:00" };
    const { token } = await post(`/doctors/${doctor}/exceptions/preview`, absence);
    await post(`/doctors/${doctor}/exceptions`, { ...absence, previewToken: token });
  }

  async function cookie() {
    const { accessToken } = await login({ issuer: urls.issuer, ...auth, account: "staff1" });
    const response = await fetch(`${urls.api}/session`, {
      method: "POST",
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    if (!response.ok) throw new Error(`POST /session answered ${response.status}`);
    const [name = "", value = ""] = (response.headers.getSetCookie()[0]?.split(";")[0] ?? "").split("=");
    return { name, value, domain: "127.0.0.1", path: "/", secure: true };
  }
}
