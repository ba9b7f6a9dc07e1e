import { beforeAll, describe, expect, test } from "vitest";
import { login } from "#dev/login.ts";
import { checkTypes, generateClient } from "../client/generate.ts";
import { useStack } from "../support/stack.ts";

const stack = useStack();

/** Compiled by `checkTypes` with the generated client, which is not there before. */
const PROGRAM = "../client/main-job.ts";

interface Program {
  bookAndCancel(
    baseUrl: string,
    accessToken: string,
  ): Promise<{
    me: { role: string; patientId?: string };
    hold: { expiresInMs: number };
    booked: { id: string; patientId: string };
    listed: string[];
    status: string;
  }>;
  alternativesTo(baseUrl: string, accessToken: string, slotId: string): Promise<string[]>;
}

describe("a client generated from the OpenAPI document", () => {
  let program: Program;
  const tokenOf = async (account: string) =>
    (await login({ issuer: stack().urls.issuer, ...stack().auth, account })).accessToken;

  beforeAll(async () => {
    await generateClient();
    program = (await import(/* @vite-ignore */ PROGRAM)) as Program;
  }, 60_000);

  test("It compiles, and so does a program that uses it.", async () => {
    await checkTypes();
  });

  test("It does the main job: log in by token, availability, hold, confirm, list, cancel.", async () => {
    const { me, hold, booked, listed, status } = await program.bookAndCancel(
      stack().urls.api,
      await tokenOf("patient171"),
    );
    expect(me).toMatchObject({ role: "patient", patientId: booked.patientId });
    expect(hold.expiresInMs).toBeGreaterThan(0);
    expect(listed).toContain(booked.id);
    expect(status).toBe("cancelled");
  });

  test("409 slot-taken: it tells the refusal by its code and has the alternatives.", async () => {
    const call = await stack().as("patient172");
    const { body } = await call("POST", "/holds", {});
    const alternatives = await program.alternativesTo(stack().urls.api, await tokenOf("patient173"), body.slot.id);
    expect(alternatives).toHaveLength(3);
  });
});
