import type { Random } from "#dev/seed/random.ts";
import { shippedDocument } from "#test/support/conformance.ts";
import type { TestStack } from "#test/support/stack.ts";
import { signToken } from "#test/support/tokens.ts";
import { DECLARED } from "./authorization.ts";
import { type Ids, type Schema, Values } from "./values.ts";
import type { Asked } from "./visit.ts";

interface Operation {
  parameters?: { $ref?: string; name?: string; in?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Patients without seeded visits. */
const CALLERS = ["patient166", "patient167", "doctor1", "staff1"];

/** How often a header or a parameter is sent, where it is not 0.4: without a version nothing changes, a made-up cursor ends it. */
const OFTEN: Record<string, number> = { "If-Match": 0.85, cursor: 0.05 };

/** Operations outside the document of the API: the pages of the links in mails, and callbacks. */
const TOKEN = [{ name: "token", in: "path", schema: {} }];
const OUTSIDE: Record<string, Record<string, Operation>> = {
  "/links/{token}": { get: { parameters: TOKEN }, post: { parameters: TOKEN } },
  "/reminders/off/{token}": { get: { parameters: TOKEN }, post: { parameters: TOKEN } },
  "/jobs/{token}": { post: { parameters: TOKEN } },
  "/feedback/ses": { post: {} },
};

/**
 * Opens the clinic to the callers again, and makes requests: an operation of the document, values that its schemas allow,
 * and mostly one or more of them spoilt.
 */
export async function requestsFor(stack: TestStack, source: Random): Promise<() => Asked & { operation: string }> {
  await reopen(stack);
  const document = shippedDocument();
  const values = new Values(source, document.components as Record<string, Record<string, Schema>>, await idsOf(stack));
  const below = (prefix: string, paths: object) =>
    Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path: prefix + path, method, operation })),
    );
  const operations = [...below("/api/v1", document.paths), ...below("", OUTSIDE)];
  // Changes of a whole day are rare, and long lists are rarer than single items.
  const weights = operations.map(({ path, method }) => {
    if (/holidays|leave|schedule|exceptions|undo|import/.test(path)) return 1;
    return method === "get" && !path.includes("{") ? 2 : 8;
  });
  const known = await tokens(stack);
  const callers = [...Object.values(known).flat(), "", "Bearer x", "Basic YTpi"];
  /** For each operation the tokens of the roles that may call it. */
  const rightOnes = operations.map(({ path, method }) => {
    const route = DECLARED.find((one) => one.method === method && `/api/v1${one.path}` === path);
    return (route?.roles ?? []).flatMap((role) => known[role] ?? []);
  });
  return () => {
    const at = source.weighted(weights);
    const { path, method, operation } = operations[at]!;
    const parameters = (operation.parameters ?? []).map((one) => values.resolved(one));
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    let filled = path;
    for (const { name = "", in: where, schema = {} } of parameters) {
      const kind = where === "path" ? (new RegExp(`([\\w-]+)/\\{${name}\\}`).exec(path)?.[1] ?? name) : name;
      const value = values.text(source.next() < 0.85 ? values.valid(schema, kind) : values.junk());
      if (where === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(value) || "x");
      else if (source.next() < (OFTEN[name] ?? 0.4)) {
        if (where === "query") query.append(name, value);
        else headers[name] = values.headerText(value);
      }
    }
    if (source.next() < 0.05) query.append(values.word(), values.text(values.junk()));
    const right = rightOnes[at]!;
    const caller = right.length > 0 && source.next() < 0.8 ? source.pick(right) : source.pick(callers);
    if (caller) headers["Authorization"] = caller;
    if (source.next() < 0.1)
      headers[source.pick(["Accept", "If-Match", "Idempotency-Key", "Cookie", "Origin", "X-Api-Key", "Content-Type"])] =
        values.headerText(values.text(values.junk()));
    const [content] = Object.values(operation.requestBody?.content ?? {});
    let body: unknown;
    if (content) {
      const good = values.valid(content.schema);
      body = source.next() < 0.5 ? good : values.spoilt(good);
      if (source.next() < 0.05) body = values.text(body).slice(0, source.below(40));
    } else if (method === "post" && source.next() < 0.3) body = values.junk();
    if (typeof body === "string" && source.next() < 0.8) headers["Content-Type"] = "application/json";
    const suffix = query.size > 0 ? `?${query}` : "";
    const asked = { operation: `${method} ${path}`, method: method.toUpperCase(), path: filled + suffix, headers };
    return method === "get" || body === undefined ? asked : { ...asked, body };
  };
}

/** Undoes what would keep the callers out for the rest of a run: ended sessions, lost roles, records that are switched off. */
async function reopen(stack: TestStack): Promise<void> {
  const subjects = CALLERS.map((account) => `auth0|${account}`);
  await stack.sql("delete from idempotency_keys");
  await stack.sql(
    `update people set active = true, administrator = subject = 'auth0|staff1', sessions_ended_at = null,
       role = substring(subject from '^auth0.([a-z]+)') where subject = any($1)`,
    [subjects],
  );
  await stack.sql("update people set sessions_ended_at = null where subject = any($1)", [subjects]);
  await stack.sql(
    `update patients p set active = true, inactive_because = null, change_times = '{}', booking_times = '{}',
       hold_quota_restored_at = null
     from people who where who.id = p.person_id and who.subject = any($1) and p.merged_into is null`,
    [subjects],
  );
  await stack.sql("update policy set step_up_minutes = 0");
}

/** Tokens of the callers, by role. */
async function tokens(stack: TestStack): Promise<Record<string, string[]>> {
  const claim = String(stack.env["ROLE_CLAIM"]);
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const byRole: Record<string, string[]> = {};
  for (const account of CALLERS) {
    const role = account.replace(/\d+$/, "");
    const { token } = await signToken(stack, { claims: { sub: `auth0|${account}`, [claim]: role, exp } });
    (byRole[role] ??= []).push(`Bearer ${token}`);
  }
  return byRole;
}

/** Ids of rows in the database, the newest of each kind, so that many requests get further than "not found". */
async function idsOf(stack: TestStack): Promise<Ids> {
  const rows = await stack.sql<{ kind: string; id: string }>(
    `(select 'appointments' as kind, a.id from appointments a join patients p on p.id = a.patient_id
        left join people who on who.id = p.person_id
        order by who.subject = any($1) desc nulls last, a.starts_at > now() desc, a.id desc limit 30)
     union all (select 'holds', s.hold_id from slots s join patients t on t.id = s.held_by left join people who on who.id = t.person_id
        where s.hold_expires_at > now() and (who.id is null or who.subject = any($1)) limit 10)
     union all (select 'doctors', id from doctors where active order by id limit 20)
     union all (select 'patients', t.id from patients t left join people who on who.id = t.person_id
        where t.active and (who.id is null or who.subject = any($1)) order by t.id desc limit 20)
     union all (select 'slots', id from slots where starts_at > now() and status = 'open' order by starts_at limit 40)
     union all (select 'slots', id from slots order by id desc limit 20)
     union all (select 'late-openings', id from slots where late_opening limit 10)
     union all select 'locations', id from locations
     union all (select 'cases', id from cases order by status = 'open' desc, id limit 20)
     union all (select 'holidays', id from holidays order by id desc limit 10)
     union all (select 'exceptions', id from exceptions order by id desc limit 10)
     union all (select 'operations', id from operations order by id desc limit 10)
     union all (select 'tasks', id from tasks order by id desc limit 10)
     union all (select 'staff', id from people where role = 'staff' order by id desc limit 10)
     union all (select 'api-clients', id from api_clients order by id desc limit 10)`,
    [CALLERS.map((account) => `auth0|${account}`)],
  );
  const ids: Record<string, string[]> = {};
  for (const { kind, id } of rows) (ids[kind] ??= []).push(id);
  return ids;
}
