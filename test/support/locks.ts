import type pg from "pg";
import { expect } from "vitest";

export type Locked = "locations" | "patients" | "slots" | "appointments" | "cases" | "doctors" | "outbox";

/** Statements of the Worker's role now wait long for a lock, so that a test can check rows during the wait. */
export async function letWait(admin: pg.Pool): Promise<void> {
  const { rows } = await admin.query<{ name: string }>("select current_database() as name");
  await admin.query(`alter role holdfast_app in database ${rows[0]!.name} set lock_timeout = '25s'`);
  await admin.query(`alter role holdfast_app in database ${rows[0]!.name} set statement_timeout = '30s'`);
}

/** Holds the lock of a row, as a rival's verb would, until it is released. */
export async function lockRow(admin: pg.Pool, table: Locked, id: string): Promise<() => Promise<void>> {
  const client = await admin.connect();
  await client.query("begin");
  const column = table === "outbox" ? "appointment_id" : "id";
  const { rows } = await client.query(`select from ${table} where ${column} = $1 for update`, [id]);
  expect(rows, `the row ${id} of ${table}`).toHaveLength(1);
  return async () => {
    await client.query("rollback");
    client.release();
  };
}

/** Whether some transaction has the lock of a row. */
export async function isLocked(admin: pg.Pool, table: Locked, id: string): Promise<boolean> {
  const { rows } = await admin.query(`select from ${table} where id = $1 for no key update skip locked`, [id]);
  return rows.length === 0;
}

/** Whether a transaction has the exclusive lock of a row, so that no other can share it. */
export async function isLockedAlone(admin: pg.Pool, table: Locked, id: string): Promise<boolean> {
  const { rows } = await admin.query(`select from ${table} where id = $1 for share skip locked`, [id]);
  return rows.length === 0;
}

/** Waits until a statement of the Worker's role waits for a lock. */
export async function whenWaiting(admin: pg.Pool): Promise<void> {
  const waiting = async () =>
    (
      await admin.query(
        `select from pg_stat_activity
         where datname = current_database() and usename = 'holdfast_app' and wait_event_type = 'Lock'`,
      )
    ).rows.length;
  await expect.poll(waiting, { interval: 10 }).toBeGreaterThan(0);
}
