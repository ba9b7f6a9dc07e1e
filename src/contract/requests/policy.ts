import * as z from "zod/v4";
import { POLICY, POLICY_NAMES, type PolicyName, type PolicyRule, type PolicyValues } from "#domain/policy.ts";
import { once } from "#lib/once.ts";
import type { Infer } from "#contract/common.ts";

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

/** The schema of each setting, by its name. */
export const settings = once(
  () =>
    Object.fromEntries(POLICY_NAMES.map((name) => [name, settingSchema(POLICY[name])])) as {
      [Name in PolicyName]: z.ZodType<PolicyValues[Name]>;
    },
);

/** The settings that staff change. Settings left out stay. */
export const UpdatePolicy = once(() =>
  z
    .strictObject(settings())
    .partial()
    .refine((changes) => Object.keys(changes).length > 0, "Name at least one setting")
    .meta({ id: "UpdatePolicy", example: { freezeHours: 48 } }),
);
export type UpdatePolicy = Infer<typeof UpdatePolicy>;
