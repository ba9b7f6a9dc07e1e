import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { Language } from "#contract/common.ts";

/** A patient's choices about the clinic's mails to them. */
export const Preferences = z
  .object({
    language: Language().meta({ description: "The language of the mails", example: "en" }),
    reminders: z.boolean().meta({ description: "Reminders before appointments. Changes are always notified" }),
    languages: z.array(Language()).meta({ description: "The languages to choose from", example: ["en", "de"] }),
    email: text("niamh@example.org", "Where the mails go; only the clinic changes it").nullable(),
    mailStopped: z.boolean().meta({
      description: "Mails to this address came back or were complained about: none is sent there any more",
    }),
  })
  .meta({ id: "Preferences" });
export type Preferences = z.infer<typeof Preferences>;
