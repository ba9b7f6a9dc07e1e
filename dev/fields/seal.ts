import type { Client } from "pg";
import type { Field, Fields } from "#db/fields.ts";
import { readFunctions } from "#dev/functions.ts";

/** The texts of one column under one key version: `v2.`, or `clear`. */
export interface FieldCount {
  field: Field;
  version: string;
  count: number;
}

/** What a run came to. */
export interface Sealed {
  sealed: number;
  /** Texts that no given key opens, and the ids of their rows. They stay as they are. */
  unreadable: { field: Field; id: string }[];
}

const FIELDS: Field[] = ["appointments.reason", "appointments.cancel_note", "cases.contact_note"];
const BATCH = 500;
const NO_ID = "00000000-0000-0000-0000-000000000000";

/** How many texts there are, by column and key version. The client is the database's owner. */
export async function countTexts(client: Client): Promise<FieldCount[]> {
  const { rows } = await client.query<FieldCount>(`select * from ${readFunctions().schema}.count_field_texts()`);
  return rows;
}

/**
 * Seals all texts that are in clear or under an older key under the newest one, in batches, while the clinic works. Each
 * batch is a transaction of its own, so a run that was stopped is simply started again. The client is the database's owner.
 */
export async function sealTexts(client: Client, fields: Fields): Promise<Sealed> {
  const { schema } = readFunctions();
  const done: Sealed = { sealed: 0, unreadable: [] };
  for (const field of FIELDS) {
    for (let after = NO_ID; ;) {
      const { rows } = await client.query<{ id: string; stored: string }>(
        `select * from ${schema}.list_older_texts($1, $2, $3, $4)`,
        [field, fields.newest, after, BATCH],
      );
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
      const texts: { id: string; was: string; becomes: string | null }[] = [];
      for (const { id, stored } of rows) {
        const text = await fields.unseal(field, id, stored);
        if (text === null) done.unreadable.push({ field, id });
        else texts.push({ id, was: stored, becomes: await fields.seal(field, id, text) });
      }
      const replaced = await client.query<{ count: number }>(`select ${schema}.replace_texts($1, $2) as count`, [
        field,
        JSON.stringify(texts),
      ]);
      done.sealed += replaced.rows[0]?.count ?? 0;
    }
  }
  return done;
}
