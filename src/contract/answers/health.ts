import * as z from "zod/v4";

const state = z.enum(["ok", "unavailable"]);

export const Health = z
  .object({
    status: z.enum(["ok", "degraded", "down"]).meta({ description: "down: the database does not answer" }),
    dependencies: z.object({ database: state, sessions: state, queue: state, identity: state }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;
