import { describe } from "vitest";
import { authorization } from "../keep-out/authorization.ts";
import { canaries } from "../keep-out/canaries.ts";
import { crawl } from "../keep-out/crawl.ts";
import { fuzz } from "../keep-out/fuzz.ts";
import { markup } from "../keep-out/markup.ts";
import { otherOrigin } from "../keep-out/other-origin.ts";
import { tokens } from "../keep-out/tokens.ts";
import { Visits } from "../keep-out/visit.ts";
import { writesByCookie } from "../keep-out/writes-by-cookie.ts";
import { useStack } from "../support/stack.ts";

/** All that tries to get in, on one stack. The headers of all answers are looked at in the end. */
const stack = useStack();
const visits = new Visits(stack);

describe("the authorization matrix", () => {
  authorization(stack, visits);
});
describe("a write by cookie", () => {
  writesByCookie(stack, visits);
});
describe("a page of another origin", () => {
  otherOrigin(stack);
});
describe("privacy", () => {
  canaries(stack);
});
describe("tokens", () => {
  tokens(stack);
});
describe("hostile text", () => {
  markup(stack);
});
describe("the fuzz", () => {
  fuzz(stack, visits);
});
describe("security headers", () => {
  crawl(stack, visits);
});
