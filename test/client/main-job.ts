import {
  cancelAppointment,
  confirmAppointment,
  createHold,
  getAvailability,
  getSession,
  listAppointments,
} from "#client/sdk.gen.ts";
import { createClient } from "#client/client/index.ts";

/** A client that logs in by an access token. */
const clientOf = (baseUrl: string, accessToken: string) =>
  createClient({ baseUrl, auth: ({ scheme }) => (scheme === "bearer" ? accessToken : undefined) });

/** A patient's main job, by the client that was generated from the document alone. */
export async function bookAndCancel(baseUrl: string, accessToken: string) {
  const client = clientOf(baseUrl, accessToken);
  const { data: me } = await getSession({ client, throwOnError: true });

  // Far enough ahead for the freeze: the test cancels the appointment again.
  const from = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10);
  const { data: offered } = await getAvailability({ client, query: { from, limit: 5 }, throwOnError: true });
  const free = offered.days.flatMap(({ slots }) => slots).at(0) ?? offered.nextAvailable;
  if (!free) throw new Error("There is no free time.");

  const key = { "Idempotency-Key": crypto.randomUUID() };
  const { data: hold } = await createHold({ client, body: { slotId: free.id }, headers: key, throwOnError: true });
  const { data: booked, response } = await confirmAppointment({
    client,
    body: { holdId: hold.id, reason: "A cough" },
    throwOnError: true,
  });
  const { data: list } = await listAppointments({ client, query: { when: "upcoming" }, throwOnError: true });

  const etag = response.headers.get("ETag") ?? "";
  const cancelled = await cancelAppointment({
    client,
    path: { id: booked.id },
    headers: { "If-Match": etag },
    body: { reason: { by: "patient", code: "better" } },
    throwOnError: true,
  });
  return { me, hold, booked, listed: list.items.map(({ id }) => id), status: cancelled.data.status };
}

/** A refusal, distinguished by its code: its members are typed. */
export async function alternativesTo(baseUrl: string, accessToken: string, slotId: string): Promise<string[]> {
  const client = clientOf(baseUrl, accessToken);
  const { error } = await createHold({ client, body: { slotId } });
  if (!error || !("code" in error) || error.code !== "slot-taken") throw new Error(`not refused: ${error?.code}`);
  return error.alternatives.map(({ startsAt }) => startsAt);
}
