import { BOOKING } from "./booking.ts";
import { CHANGES } from "./changes.ts";
import { DOMAIN } from "./domain.ts";
import { FIELD_FAULTS } from "./fields.ts";
import { HTTP } from "./http.ts";
import { JOBS } from "./jobs.ts";
import { MERGES } from "./merges.ts";
import type { Mutant } from "./mutant.ts";
import { NOTICES } from "./notices.ts";
import { OPERATIONS } from "./operations.ts";
import { QUEUE_FAULTS } from "./queue.ts";
import { RECORDS } from "./records.ts";
import { TYPED } from "./typed.ts";
import { WEB } from "./web.ts";

/** Every fault of the list, in the order in which `npm run soak -- mutants` tries them. */
export const MUTANTS: readonly Mutant[] = [
  ...HTTP,
  ...BOOKING,
  ...CHANGES,
  ...NOTICES,
  ...OPERATIONS,
  ...QUEUE_FAULTS,
  ...RECORDS,
  ...MERGES,
  ...FIELD_FAULTS,
  ...DOMAIN,
  ...JOBS,
  ...WEB,
  ...TYPED,
];
