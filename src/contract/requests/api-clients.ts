import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { TIERS } from "#domain/limits.ts";

const Name = once(() => z.string().trim().min(1).max(100).meta({ example: "Kiosk in the waiting room" }));

const TierName = once(() => z.enum(TIERS).meta({ description: "Which rate limit holds for the app as a whole" }));

const Origins = once(() =>
  z
    .array(
      z
        .string()
        .max(200)
        .refine((text) => URL.parse(text)?.origin === text, "Must be an origin, such as https://book.clinic.example"),
    )
    .max(20)
    .refine((list) => new Set(list).size === list.length, "No value twice")
    .meta({ description: "Browsers may use the key on pages of these origins only; none: on any" }),
);

export const CreateApiClient = once(() =>
  z
    .strictObject({ name: Name(), tier: TierName().optional(), origins: Origins().optional() })
    .meta({ id: "CreateApiClient" }),
);

export const ChangeApiClient = once(() =>
  z
    .strictObject({
      name: Name().optional(),
      tier: TierName().optional(),
      origins: Origins().optional(),
      active: z.boolean().optional().meta({ description: "false: its keys are refused" }),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangeApiClient", example: { tier: "high" } }),
);

/** A day: how long the key before stays valid unless the request says otherwise. */
export const OVERLAP_MINUTES = 1440;

export const RotateApiKey = once(() =>
  z
    .strictObject({
      overlapMinutes: z
        .int()
        .min(0)
        .max(43_200)
        .optional()
        .meta({ description: `How long the key before stays valid; ${OVERLAP_MINUTES} when left out, 0 ends it now` }),
    })
    .meta({ id: "RotateApiKey" }),
);
