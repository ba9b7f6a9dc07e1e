import * as z from "zod/v4";
import { once } from "#lib/once.ts";

/** The body has no members, but a write by cookie must be JSON. */
export const SetCalendarFeed = once(() => z.strictObject({}).meta({ id: "SetCalendarFeed" }));

/** 256 bits in base64url, then `.ics`, by which programs know what they get. */
const file = once(() =>
  z
    .string()
    .regex(/^[\w-]{43}\.ics$/, "Must be a calendar's address as it was given")
    .meta({ description: "The secret and `.ics`", example: "mYk0m1Yq3b2l1kJtY5s8w9XcVbN0aQzR4uEoPiLgHd8.ics" }),
);

/** The address of a calendar. */
export const FeedPath = once(() => z.object({ file: file() }));
