import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { phonePlansSql } from "./plans.ts";

/** Writes the numbering plans that the database reads telephone numbers with. Run it after an update of libphonenumber-js. */
writeFileSync(join(import.meta.dirname, "../../src/db/functions/lib/phone_plans.sql"), phonePlansSql());
