import { StatementFailed } from "./errors.ts";
import type { Statement } from "./transaction.ts";

/** Neon's answer to one statement: names of the columns, and each value as PostgreSQL's text. */
interface Answer {
  fields: { name: string; dataTypeID: number }[];
  rows: (string | null)[][];
}

/** Types of PostgreSQL whose text is JSON as well (oid of `pg_type`): json, jsonb, int2, int4, float8. */
const AS_JSON: ReadonlySet<number> = new Set([114, 3802, 21, 23, 701]);
const BOOL = 16;

/**
 * Sends one statement over Neon's HTTP wire: one request, as `neon()` of the driver makes it. The driver itself is loaded
 * only for transactions, because to load it takes a third of an isolate's start (docs/numbers.md).
 * Numbers, booleans and JSON are read; every other value stays PostgreSQL's text.
 * @throws StatementFailed; without a code when no answer came
 */
export async function queryOverHttp<Row>(
  { httpUrl, url }: { httpUrl: string; url: string },
  { text, params }: Statement,
  signal: AbortSignal,
): Promise<Row[]> {
  const { ok, status, body } = await send(httpUrl, {
    method: "POST",
    headers: { "Neon-Connection-String": url, "Neon-Raw-Text-Output": "true", "Neon-Array-Mode": "true" },
    body: JSON.stringify({ query: text, params: params.map(asText) }),
    signal,
  });
  const said = readJson(body);
  if (!ok || said === undefined) throw failureIn(status, said);
  const { fields, rows } = said as Answer;
  return rows.map(
    (row) =>
      Object.fromEntries(
        fields.map(({ name, dataTypeID }, index) => [name, read(row[index] ?? null, dataTypeID)]),
      ) as Row,
  );
}

/** The proxy passes text on to PostgreSQL as it is. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function read(text: string | null, type: number): unknown {
  if (text === null) return null;
  if (type === BOOL) return text === "t";
  return AS_JSON.has(type) ? JSON.parse(text) : text;
}

/** @throws StatementFailed without a code when no whole answer came */
async function send(url: string, init: RequestInit): Promise<{ ok: boolean; status: number; body: string }> {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, body: await response.text() };
  } catch (cause) {
    throw new StatementFailed({ message: "the database did not answer" }, { cause });
  }
}

/** The proxy answers 400 with PostgreSQL's fields for a statement that failed, and other statuses for trouble of its own. */
function failureIn(status: number, said: unknown): StatementFailed {
  const { message = `the proxy before the database answered ${status}`, ...fields } = (said ??
    {}) as Partial<StatementFailed>;
  return new StatementFailed({ message, ...fields });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
