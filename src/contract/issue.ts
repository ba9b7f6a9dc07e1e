import type * as z from "zod/v4";

type Issue = z.core.$ZodRawIssue;

/** The required type of a member in words, by zod's name of it. */
const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  date: "a date",
};

/** The required format of a text in words, by zod's name of it. */
const FORMATS: Record<string, string> = {
  email: "Must be an e-mail address, such as niamh@example.org",
  uuid: "Must be an id",
  url: "Must be a URL",
  date: "Must be a date, such as 2026-12-03",
  time: "Must be a time of day, such as 09:30",
  datetime: "Must be an instant with its offset, such as 2026-12-03T10:15:00+00:00",
  base64: "Must be base64",
};

/** The words for counted things, by zod's name of the type: for one, and for several. */
const COUNTED: Record<string, [one: string, several: string]> = {
  string: ["character", "characters"],
  array: ["item", "items"],
};

/**
 * The fault of a member, in a sentence for the client: for `z.config({ localeError })`. A schema's own
 * words (`.regex(form, "Letters only")`) come before these.
 */
export function sentenceOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "Is required";
      return `Must be ${TYPES[issue.expected] ?? "something else"}`;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_format":
      return FORMATS[issue.format] ?? "Is not of the form that is asked for";
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "Must not be empty";
      return bound(issue, issue.minimum, issue.inclusive === false ? "More than" : "At least");
    case "too_big":
      return bound(issue, issue.maximum, issue.inclusive === false ? "Less than" : "At most");
    case "not_multiple_of":
      return `Must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return `Unknown: ${issue.keys.join(", ")}`;
    case "invalid_union":
      if (issue.inclusive === false) return "Fits more than one of the forms that it can have";
      return issue.options ? oneOf(issue.options) : "Has none of the forms that it can have";
    case "invalid_key":
      return "Has a member whose name is not valid";
    case "invalid_element":
      return "Has an item that is not valid";
    case "custom":
      return "Is not valid";
  }
}

function oneOf(values: readonly unknown[]): string {
  const named = values.map(String).join(", ");
  return values.length === 1 ? `Must be ${named}` : `Must be one of: ${named}`;
}

function bound(
  { origin, exact }: { origin: string; exact?: boolean },
  limit: number | bigint,
  side: "More than" | "At least" | "Less than" | "At most",
): string {
  const [one, several] = COUNTED[origin] ?? [];
  const unit = several ? ` ${limit === 1 ? one : several}` : "";
  return `${exact ? "Exactly" : side} ${limit}${unit}`;
}
