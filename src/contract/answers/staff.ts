import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { Id } from "#contract/common.ts";

export const StaffAccount = z
  .object({
    id: Id(),
    name: text("Sam Roe"),
    administrator: z.boolean().meta({ description: "May change accounts, policy and API clients, and merge records" }),
    active: z.boolean().meta({ description: "false: the person can no longer log in" }),
    subject: text("auth0|65f0c0ffee", "The login's `sub`; null unless you are an administrator").nullable(),
  })
  .meta({ id: "StaffAccount" });
export type StaffAccount = z.infer<typeof StaffAccount>;

export const StaffAccounts = z
  .object({ items: z.array(StaffAccount), nextCursor: z.null() })
  .meta({ id: "StaffAccounts" });
