import * as z from "zod/v4";

export const DEPENDENCIES = ["database", "sessions", "queue", "identity"] as const;

export const Health = z
  .object({
    status: z.enum(["ok", "degraded", "down"]).meta({ description: "down: the database does not answer" }),
    dependencies: z.record(z.enum(DEPENDENCIES), z.enum(["ok", "unavailable"])),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;
