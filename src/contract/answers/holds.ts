import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { Id, Instant } from "#contract/common.ts";

export const Hold = z
  .object({
    id: Id(),
    slot: Slot,
    expiresAt: Instant(),
    expiresInMs: z.int().meta({
      description:
        "Milliseconds left when first answered; count from when the request was first sent, never from the device's clock",
    }),
    extensionsLeft: z.int(),
  })
  .meta({ id: "Hold" });
export type Hold = z.infer<typeof Hold>;
