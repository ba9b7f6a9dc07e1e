import * as z from "zod/v4";
import { once } from "#lib/once.ts";

/** The form on the page behind a link in a mail: the shown version, and the proof that this page made it. */
export const MailLinkForm = once(() => z.strictObject({ form: z.string().regex(/^\d{1,9}\.[\w-]{43}$/) }));
