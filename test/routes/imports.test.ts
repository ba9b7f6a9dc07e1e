import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { writeImportFiles } from "../support/import-files.ts";
import { useStack } from "../support/stack.ts";

/** `npm run soak -- import` asks for 50,000 appointments. There is a patient to five of them. */
const APPOINTMENTS = Number(process.env["IMPORT_APPOINTMENTS"] ?? "1200");
const PATIENTS = APPOINTMENTS / 5;
const TIME = 60_000 + APPOINTMENTS * 20;

describe("importChunk, getImport and undoImport: data of another system", () => {
  const stack = useStack();
  let parts = 0;

  /** A part of an import with a name and a source of its own. */
  const part = (kind: string, rows: object[], more: object = {}) => {
    parts += 1;
    const content = rows.map((row) => JSON.stringify(row)).join("\n");
    const names = { name: `part ${parts}`, source: `source ${parts}` };
    return { ...names, dryRun: false, kind, format: "jsonl", firstRow: 1, content, ...more };
  };

  test("200 importChunk: each row has its faults by member, in the words of registering, and what was corrected", async () => {
    const staff = await stack().as("staff1");
    const born = { dateOfBirth: "1980-01-01" };
    const rows = [
      { id: 7, name: "  Spaced Out ", ...born, email: " spaced@Import.Example " },
      { id: "8", name: "Nobody", dateOfBirth: "2199-12-31", phone: "12" },
      { id: "9", name: "Later", dateOfBirth: "2190-01-01" },
      { id: "10", name: "Shoe", ...born, shoeSize: 43 },
    ];
    const sent = part("patients", rows, { dryRun: true });
    const { status, body } = await staff("POST", "/imports", { ...sent, content: `${sent.content}\nno json` });
    expect(status).toBe(200);
    expect(body.import).toMatchObject({ dryRun: true, notify: false, phase: "open" });
    expect(body.rows).toMatchObject([
      {
        row: 1,
        sourceId: "7",
        state: "accepted",
        recordId: null,
        findings: [
          { code: "corrected", field: "name" },
          { code: "corrected", field: "email" },
        ],
      },
      { row: 2, state: "refused", findings: [{ code: "invalid-request", field: "phone" }] },
      { row: 3, findings: [{ code: "invalid-request", field: "dateOfBirth", detail: "Not after today" }] },
      { row: 4, findings: [{ field: "shoeSize", detail: "Unknown member" }] },
      { row: 5, sourceId: null, state: "refused", findings: [{ detail: "The line is no JSON object" }] },
    ]);
    const found = await staff("GET", `/imports/${body.import.id}?state=refused&limit=2`);
    expect(found.body.counts).toEqual([
      { kind: "patients", state: "accepted", rows: 1, corrected: 1, duplicates: 0 },
      { kind: "patients", state: "refused", rows: 4, corrected: 0, duplicates: 0 },
    ]);
    const rest = await staff("GET", `/imports/${body.import.id}?state=refused&cursor=${found.body.nextCursor}`);
    expect([...found.body.rows, ...rest.body.rows].map(({ row }: { row: number }) => row)).toEqual([2, 3, 4, 5]);
    expect((await staff("POST", `/imports/${body.import.id}/undo`, {})).status).toBe(409);
  });

  test("200 importChunk: weekly sessions are judged as a schedule, and their slots appear", async () => {
    const staff = await stack().as("staff1");
    const [place] = await stack().sql<{ name: string }>("select name from locations order by id limit 1");
    const doctor = part("doctors", [{ id: "d", name: "Dr Weekly", specialty: "Imported weekly", slotMinutes: 30 }]);
    await staff("POST", "/imports", doctor);
    const from = { doctor: "d", location: place!.name, weekday: 1, validFrom: "2026-01-05" };
    const rows = [
      { ...from, id: "s1", from: "09:00", to: "12:00" },
      { ...from, id: "s2", from: "11:00", to: "13:00" },
      { ...from, id: "s3", weekday: 9, from: "11:00", to: "13:00" },
      { ...from, id: "s4", weekday: 2, from: "09:00", to: "12:00", validTo: "2030-12-31" },
      { ...from, id: "s5", doctor: "nobody", from: "09:00", to: "12:00" },
      { ...from, id: "s6", location: "Moon", weekday: 3, from: "09:00", to: "12:00" },
    ];
    const { name, source } = doctor;
    const { body } = await staff("POST", "/imports", part("schedules", rows, { name, source }));
    const ends = body.rows.map(
      ({ state, findings }: { state: string; findings: { field?: string }[] }) => findings[0]?.field ?? state,
    );
    expect(ends).toEqual(["accepted", "from", "weekday", "accepted", "doctor", "location"]);
    const [made] = await stack().sql<{ id: string }>("select id from doctors where name = 'Dr Weekly'");
    await expect
      .poll(async () => (await stack().sql("select from slots where doctor_id = $1", [made!.id])).length, {
        timeout: 20_000,
      })
      .toBeGreaterThan(50);
    const schedule = await staff("GET", `/doctors/${made!.id}/schedule`);
    expect(schedule.body).toMatchObject([
      { weekday: 1, from: "09:00" },
      { weekday: 2, validTo: "2030-12-31" },
    ]);
    expect((await staff("POST", "/imports", part("schedules", rows.slice(1), { name, source }))).status).toBe(409);
    const undone = await staff("POST", `/imports/${body.import.id}/undo`, {});
    expect(undone.body).toMatchObject({ phase: "undoing", remaining: 1 });
    expect((await staff("POST", `/imports/${body.import.id}/undo`, {})).body).toMatchObject({ phase: "undone" });
    expect(await stack().sql("select from slots where doctor_id = $1", [made!.id])).toEqual([]);
  });

  test(
    "npm run import: files with 2 % wrong rows go in without a mail, go on after a kill, and come out again",
    { timeout: TIME },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-import-"));
      const files = writeImportFiles(folder, "big", PATIENTS, APPOINTMENTS);
      const [place, ...others] = await stack().sql<{ name: string }>("select name from locations order by id");
      // The seeded clinic has several locations: each appointment names its own.
      expect(others.length).toBeGreaterThan(0);
      const csv = files.paths[2]!;
      const { writeFileSync } = await import("node:fs");
      writeFileSync(csv, readFileSync(csv, "utf8").replaceAll(/^([^,\n]*,[^,\n]*,[^,\n]*),,/gm, `$1,${place!.name},`));
      const { accessToken } = await login({ issuer: stack().urls.issuer, ...stack().auth, account: "staff1" });
      const env = { ...process.env, HOLDFAST_TOKEN: accessToken, HOLDFAST_URL: new URL(stack().urls.api).origin };
      const run = (
        ...args: string[]
      ): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } => {
        const child = spawn(process.execPath, ["dev/import.ts", ...args], { env });
        let said = "";
        for (const stream of [child.stdout, child.stderr])
          stream.on("data", (text: Buffer) => (said += text.toString()));
        return { child, ended: new Promise((end) => child.on("close", (code) => end({ code, said }))) };
      };
      const tables = ["doctors", "patients", "slots", "appointments", "outbox", "deliveries"];
      const counts = async () => {
        const [row] = await stack().sql<Record<string, string>>(
          `select ${tables.map((table) => `(select count(*) from ${table}) as ${table}`).join()}`,
        );
        return Object.fromEntries(tables.map((table) => [table, Number(row![table])]));
      };
      const rows = async () =>
        Number(
          (
            await stack().sql<{ n: string }>(
              "select count(*) as n from import_rows where source = 'big' and kind = 'appointments'",
            )
          )[0]!.n,
        );
      const before = await counts();

      const began = performance.now();
      // The database is away after the first part of the appointments, so that the command is killed at a known place.
      await stack().sql(
        `create function away() returns trigger language plpgsql as $$
       begin raise exception 'away' using errcode = 'cannot_connect_now'; end $$`,
      );
      await stack().sql(
        `create trigger away before insert on import_chunks for each row
       when (new.kind = 'appointments' and new.first_row > 2) execute function away()`,
      );
      const first = run("--source", "big", ...files.paths);
      await expect.poll(rows, { timeout: TIME }).toBe(500);
      first.child.kill("SIGKILL");
      await first.ended;
      await stack().sql("drop function away cascade");
      const { code, said } = await run("--source", "big", "--report", join(folder, "report.jsonl"), ...files.paths)
        .ended;
      const seconds = (performance.now() - began) / 1000;
      if (process.env["IMPORT_REPORT"])
        console.log(`${PATIENTS} patients, ${APPOINTMENTS} appointments in ${seconds.toFixed(1)} s`);
      expect(said).toContain(`appointments accepted: ${files.accepted.appointments}`);
      expect(code).toBe(1);
      // Every row has come to something, once.
      const ends = await stack().sql(
        "select kind, state, count(*)::int as rows, count(distinct row_number)::int as distinct from import_rows where source = 'big' group by 1, 2 order by 1, 2",
      );
      const { doctors, patients, appointments } = files.accepted;
      const end = (kind: string, state: string, n: number) => ({ kind, state, rows: n, distinct: n });
      expect(ends).toEqual([
        end("appointments", "accepted", appointments),
        end("appointments", "refused", APPOINTMENTS - appointments),
        end("doctors", "accepted", doctors),
        end("patients", "accepted", patients),
        end("patients", "refused", PATIENTS - patients),
      ]);
      expect(
        readFileSync(join(folder, "report.jsonl"), "utf8")
          .split("\n")
          .filter((line) => line.includes('"refused"')),
      ).toHaveLength(files.refused);
      const after = await counts();
      expect(after).toMatchObject({
        doctors: before["doctors"]! + doctors,
        patients: before["patients"]! + patients,
        appointments: before["appointments"]! + appointments,
        deliveries: before["deliveries"],
      });
      const due = await stack().sql(
        "select from outbox o join appointments a on a.id = o.appointment_id join import_rows r on r.entity_id = a.id where o.due_at is not null",
      );
      expect(due).toEqual([]);
      const wrong = await stack().sql(
        `select a.id from import_rows r join appointments a on a.id = r.entity_id left join slots s on s.id = a.slot_id
       where r.source = 'big' and (s.appointment_id is distinct from a.id or s.doctor_id <> a.doctor_id or s.starts_at <> a.starts_at)`,
      );
      expect(wrong).toEqual([]);

      const id = /Import (\S+) "/.exec(said)?.[1] ?? "";
      const undone = await run("--undo", id).ended;
      expect(undone.said).toContain("undone, 0 rows remain");
      expect(undone.code).toBe(0);
      expect(await counts()).toEqual(before);
    },
  );
});
