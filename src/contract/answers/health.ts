import * as z from "zod/v4";

export const Health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

const dependency = z.enum(["ok", "unavailable"]);
const seconds = z.int().nonnegative();

export const Readiness = z
  .object({
    status: z.enum(["ready", "degraded", "not-ready"]).meta({
      description:
        "not-ready: the database does not answer, or lacks this build's functions. degraded: bookings work, something needs a person",
    }),
    version: z.string().meta({ description: "The version of the package", example: "0.1.0" }),
    commit: z
      .string()
      .meta({ description: "The commit that was deployed; `local` on the local stack", example: "local" }),
    functions: z.string().meta({ description: "The schema of this build's stored functions", example: "v_3f9c2a81" }),
    dependencies: z.object({ database: dependency, sessions: dependency, queue: dependency, identity: dependency }),
    notifications: z
      .object({ due: z.int().nonnegative(), overdueSeconds: seconds, late: z.boolean() })
      .nullable()
      .meta({
        description: "How many notifications are due, and the oldest for how long. Null: the database does not answer",
      }),
    audit: z
      .object({ unsealedSeconds: seconds, late: z.boolean() })
      .nullable()
      .meta({ description: "The age of the oldest audit entry that is not sealed" }),
    clock: z
      .object({ skewSeconds: z.int(), off: z.boolean() })
      .nullable()
      .meta({ description: "The Worker's clock minus the database's. Decisions are by the database's" }),
    zones: z
      .object({ different: z.array(z.string().meta({ example: "Europe/Dublin" })) })
      .nullable()
      .meta({ description: "The clinic's time zones of which Worker and database know other rules, next two years" }),
  })
  .meta({ id: "Readiness" });
export type Readiness = z.infer<typeof Readiness>;
