import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Language, type Infer } from "#contract/common.ts";

export const ChangePreferences = once(() =>
  z
    .strictObject({
      language: Language().optional().meta({ description: "One of `languages`" }),
      reminders: z.boolean().optional(),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangePreferences", example: { language: "de", reminders: false } }),
);
export type ChangePreferences = Infer<typeof ChangePreferences>;
