import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { Instant } from "#contract/common.ts";
import { settings } from "#contract/requests/policy.ts";

const described = { description: text("Length of a slot") };

const unit = z.enum(["minutes", "seconds", "hours", "days", "count", "points"]);

const PolicyBounds = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("number"), min: z.int(), max: z.int(), default: z.int(), unit, ...described }),
    z.object({
      kind: z.literal("numbers"),
      min: z.int(),
      max: z.int(),
      maxItems: z.int(),
      default: z.array(z.int()),
      unit,
      ...described,
    }),
    z.object({
      kind: z.literal("choice"),
      options: z.array(text("staff")),
      default: text("staff"),
      unit: z.null(),
      ...described,
    }),
    z.object({
      kind: z.literal("choices"),
      options: z.array(text("staff")),
      default: z.array(text("en")),
      unit: z.null(),
      ...described,
    }),
    z.object({ kind: z.literal("switch"), default: z.boolean(), unit: z.null(), ...described }),
  ])
  .meta({ id: "PolicyBounds" });

/** Every setting by its name. `bounds` has the values that each can have, its default, unit and description. */
export const Policy = z
  .object({
    ...settings(),
    bounds: z.record(z.string(), PolicyBounds),
    changedBy: text("Sam Roe", "The person who changed it last; null without a change").nullable(),
    changedAt: Instant(),
  })
  .meta({ id: "Policy" });
export type Policy = z.infer<typeof Policy>;
