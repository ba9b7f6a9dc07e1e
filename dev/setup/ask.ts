import type { Interface } from "node:readline/promises";
import type { Client } from "pg";
import type * as z from "zod/v4";
import { placeFault, zoneFault } from "./check.ts";
import { FIELDS, type Plan, readPlan } from "./plan.ts";

/** Asks on the terminal for all values of a plan with one location. A value that cannot be used is asked for again. */
export async function askForPlan(terminal: Interface, client: Client): Promise<Plan> {
  const ask = async <Value>(
    question: string,
    schema: z.ZodType<Value>,
    { preset = "", fault, read = (text) => text }: Question<Value> = {},
  ): Promise<Value> => {
    for (;;) {
      const typed = (await terminal.question(`${question}${preset ? ` [${preset}]` : ""}: `)).trim() || preset;
      const result = schema.safeParse(read(typed));
      const wrong = result.success ? await fault?.(result.data) : result.error.issues[0]?.message;
      if (result.success && !wrong) return result.data;
      terminal.write(`  ${wrong}\n`);
    }
  };
  const zone = (value: string) => zoneFault(value, client);
  const clinic = {
    name: await ask("The clinic's name", FIELDS.clinicName),
    phone: await ask("Its telephone number, for patients", FIELDS.phone),
    timeZone: await ask("Its time zone, such as Europe/Dublin", FIELDS.timeZone, { fault: zone }),
  };
  const locales = await ask("Languages of the mails, the first is the default", FIELDS.locales, {
    preset: "en",
    read: (text) => text.split(/[\s,]+/),
  });
  const country = await ask("The location's country (ISO 3166-1, such as IE)", FIELDS.country, {
    fault: (value) => placeFault(value, null),
  });
  const location = {
    name: await ask("The location's name", FIELDS.locationName),
    address: await ask("The location's address, one line", FIELDS.address),
    timeZone: await ask("The location's time zone", FIELDS.timeZone, { preset: clinic.timeZone, fault: zone }),
    country,
    region: await ask("The location's region as public holidays name it (empty: none)", FIELDS.region, {
      fault: (value) => placeFault(country, value),
      read: (text) => text || null,
    }),
  };
  const administrator = {
    name: await ask("The first administrator's name", FIELDS.administratorName),
    subject: await ask("Their user_id at Auth0, such as auth0|65f0c0ffee", FIELDS.subject),
  };
  const publicUrl = await ask("The origin of the apps, such as https://book.clinic.example", FIELDS.publicUrl);
  return readPlan({ clinic, locales, locations: [location], administrator, publicUrl });
}

interface Question<Value> {
  /** The answer to an empty line. */
  preset?: string;
  /** Why a value of the right form cannot be used, or null. */
  fault?: (value: Value) => Promise<string | null> | string | null;
  /** Reads the value from the typed text. */
  read?: (text: string) => unknown;
}
