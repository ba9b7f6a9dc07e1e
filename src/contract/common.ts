import * as z from "zod/v4";
import { isWithinCalendar } from "#lib/cursor.ts";
import { isSeen } from "#domain/visible-text.ts";
import { once } from "#lib/once.ts";

/** The type of a request that a schema of this contract has read. */
export type Infer<Schema extends () => z.ZodType> = z.output<ReturnType<Schema>>;

/** An opaque identifier in lower case, as the database has it. It is a UUIDv7, but clients must not rely on that. */
export const Id = once(() =>
  z.uuid().toLowerCase().meta({ description: "Opaque identifier", example: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11" }),
);

/** RFC 3339 instant with the offset of the clinic location's zone. */
export const Instant = once(() =>
  z.iso
    .datetime({ offset: true })
    .meta({ description: "RFC 3339 instant with the location's offset", example: "2026-12-03T10:15:00+00:00" }),
);

/** A calendar date at the clinic, `YYYY-MM-DD`. */
export const ClinicDate = once(() =>
  z.iso
    .date({ abort: true })
    // The format has a year 0, which PostgreSQL does not have, and years in which a week cannot be computed.
    .refine(isWithinCalendar, "From 1800-01-01 to 2199-12-31")
    .meta({ description: "Date at the clinic", example: "2026-12-03" }),
);

/** Opaque position in a list, as returned in `nextCursor`. */
export const Cursor = once(() =>
  z.string().min(1).max(300).meta({
    description: "The nextCursor of the page before",
    example: "eyJkdWVBdCI6MTc2NDc1NjkwMDAwMH0",
  }),
);

/** Number of items wanted on a page. */
export const Limit = once(() =>
  z.coerce.number().int().min(1).max(200).meta({ description: "Items on a page, at most 200" }),
);

/** Words that are needed, of which something can be seen. */
export const Said = once(() => z.string().trim().min(1).max(500).refine(isSeen, "Nothing of it can be seen"));

/** Staff set a rule aside; the reason goes to the audit trail. */
export const Override = once(() =>
  z
    .strictObject({ reason: Said().meta({ example: "Agreed with the doctor by phone" }) })
    .meta({ id: "Override", description: "Staff only: set aside a rule that binds patients, and say why" }),
);

export const PatientId = once(() => Id().meta({ description: "The patient staff act for; patients leave it out" }));

/** A language tag (RFC 5646), such as `en` or `pt-BR`; which ones there are is the clinic's. */
export const Language = once(() =>
  z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "Must be a language tag, such as en or pt-BR")
    .max(35)
    .meta({ example: "en" }),
);

/** The path of what has an id: `/holds/{id}`. */
export const ById = once(() => z.object({ id: Id() }));
