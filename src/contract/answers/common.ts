import * as z from "zod/v4";

/** The position after a page; null after the last one. */
export const NextCursor = z.string().nullable().meta({
  description: "Send it as `cursor` for the next page; null at the end",
  example: "eyJkdWVBdCI6MTc2NDc1NjkwMDAwMH0",
});

/** Text of an answer, with what it looks like. */
export const text = (example: string, description?: string) =>
  z.string().meta(description === undefined ? { example } : { example, description });

/** A telephone number as programs dial it, beside the typed one. */
export const PhoneE164 = () => text("+35315550123", "The same number in E.164; null without one").nullable();

/** The short name of an appointment, for the phone. */
export const Reference = text("K7Q-4TX", "To say over the phone");
