import { describe, expect, test } from "vitest";
import { causeOf } from "#lib/cause.ts";

describe("what a log line says of an error", () => {
  test("A database's error is named by SQLSTATE, constraint and place in the functions, and no value of it", () => {
    const error = Object.assign(new Error('Key (email)=(ada@patients.example) already exists, "Ada Kelly"'), {
      name: "StatementFailed",
      code: "23505",
      constraint: "patients_email_key",
      detail: "Key (email)=(ada@patients.example) already exists.",
      where:
        "SQL statement \"insert into audit select 'Ada Kelly'\"\n" +
        "PL/pgSQL function done(caller,people,text) line 14 at SQL statement\n" +
        "PL/pgSQL function v_3f9c2a81.confirm_hold(caller,uuid,text,text) line 31 at RETURN",
    });
    const cause = causeOf(new Error("outer", { cause: error }));
    expect(cause).toMatchObject({
      error: "StatementFailed",
      sqlState: "23505",
      constraint: "patients_email_key",
      sqlPlace: "done:14 < confirm_hold:31",
    });
    expect(cause.stack?.[0]).toMatch(/^at .*cause\.test\.ts/);
    expect(JSON.stringify(cause)).not.toMatch(/Ada|patients\.example/);
  });

  test("A message of several lines is not in the stack. A code that is no SQLSTATE is left out", () => {
    const error = Object.assign(new TypeError("Ada Kelly\n    then Bert"), { code: "ERR_ADA_KELLY" });
    const cause = causeOf(error);
    expect(Object.keys(cause)).toEqual(["error", "stack"]);
    expect(JSON.stringify(cause)).not.toMatch(/Ada|Bert/);
  });

  test("What is thrown and is no error is unknown", () => {
    expect(causeOf("Ada Kelly")).toEqual({ error: "unknown" });
  });
});
