import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { TIERS } from "#domain/limits.ts";

export const ApiClient = z
  .object({
    id: Id(),
    name: text("Kiosk in the waiting room"),
    tier: z.enum(TIERS),
    origins: z.array(text("https://book.clinic.example")),
    active: z.boolean().meta({ description: "false: its keys are refused" }),
    keys: z
      .array(
        z.object({
          id: Id(),
          createdAt: Instant(),
          expiresAt: Instant().nullable().meta({ description: "null for the newest key" }),
        }),
      )
      .meta({ description: "The valid keys without their secret part, the newest first; two while a key is rotated" }),
  })
  .meta({ id: "ApiClient" });
export type ApiClient = z.infer<typeof ApiClient>;

export const ApiClients = z.object({ items: z.array(ApiClient), nextCursor: z.null() }).meta({ id: "ApiClients" });

export const ApiClientWithKey = ApiClient.extend({
  key: text("hk_AZrB3nwbfhqfYD06XQ9MEQ_…", "The newest key, for the header `X-Api-Key`; no other answer shows it"),
}).meta({ id: "ApiClientWithKey" });
