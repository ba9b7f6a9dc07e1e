import * as z from "zod/v4";
import { POLICY, POLICY_NAMES, type PolicyName, type PolicyRule, type PolicyValues } from "#domain/policy.ts";
import { Instant, text } from "./common.ts";

/** One setting as the wire takes and gives it; the bounds are the domain's. */
function settingSchema(rule: PolicyRule): z.ZodType {
  const meta = { description: rule.unit ? `${rule.description} (${rule.unit})` : rule.description };
  switch (rule.kind) {
    case "number":
      return z.int().min(rule.min).max(rule.max).meta(meta);
    case "numbers":
      return z
        .array(z.int().min(rule.min).max(rule.max))
        .max(rule.maxItems)
        .refine((list) => new Set(list).size === list.length, "No value twice")
        .meta(meta);
    case "choice":
      return z.enum(rule.options).meta(meta);
    case "choices":
      return z
        .array(z.enum(rule.options as [string, ...string[]]))
        .min(1)
        .refine((list) => new Set(list).size === list.length, "No value twice")
        .meta(meta);
    case "switch":
      return z.boolean().meta(meta);
  }
}

const settings = Object.fromEntries(POLICY_NAMES.map((name) => [name, settingSchema(POLICY[name])])) as {
  [Name in PolicyName]: z.ZodType<PolicyValues[Name]>;
};

/** What staff change of the policy; what is left out stays as it is. */
export const UpdatePolicy = z
  .strictObject(settings)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, "Name at least one setting")
  .meta({ id: "UpdatePolicy" });
export type UpdatePolicy = z.infer<typeof UpdatePolicy>;

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

/** Every setting by its name, and under `bounds` what each can be set to, its default, its unit and what it does. */
export const Policy = z
  .object({
    ...settings,
    bounds: z.record(z.string(), PolicyBounds),
    changedBy: text("Sam Roe", "Who changed it last; null when nobody has").nullable(),
    changedAt: Instant,
  })
  .meta({ id: "Policy" });
export type Policy = z.infer<typeof Policy>;
