import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectral, { type RulesetDefinition } from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { openApi } from "#dev/openapi/document.ts";
import { RESOURCES } from "#src/app.ts";

const document = openApi(RESOURCES.flatMap(({ declared }) => declared));
const source = JSON.stringify(document);

describe("the OpenAPI document", () => {
  test("Redocly finds nothing wrong with it.", async () => {
    // GET /config and GET /health take nothing that could be wrong, so they have no 4xx.
    const config = await createConfig({ extends: ["recommended"], rules: { "operation-4xx-response": "off" } });
    const found = await lintFromString({ source, config });
    expect(found.map(({ ruleId, message, location: [at] }) => [ruleId, message, at?.pointer])).toEqual([]);
  });

  test("Spectral finds nothing wrong with it.", async () => {
    const linter = new spectral.Spectral();
    // A contact belongs to one clinic, and this document to every clinic.
    linter.setRuleset({ extends: [rulesets.oas as RulesetDefinition], rules: { "info-contact": "off" } });
    const found = await linter.run(source);
    expect(found.map(({ code, message, path }) => [code, message, path.join("/")])).toEqual([]);
  });

  test("Every regular expression in it is ECMA-262 without flags.", () => {
    const patterns = [...source.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => JSON.parse(text) as string,
    );
    expect(patterns.length).toBeGreaterThan(10);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/^\/.*\/[a-z]*$/);
      expect(() => new RegExp(pattern)).not.toThrow();
      expect(() => new RegExp(pattern, "u")).not.toThrow();
    }
    // Property escapes are known to few generators' languages.
    expect(patterns.filter((pattern) => pattern.includes("\\p{"))).toEqual([]);
  });

  test("Every operation has examples of its body and of each JSON answer, and each example is valid.", () => {
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    ajv.addSchema({ $id: "document", components: document.components });
    const wrong: string[] = [];
    let examples = 0;
    const look = (node: unknown, at: string): void => {
      if (typeof node !== "object" || node === null) return;
      const media = node as {
        schema?: { type?: string };
        example?: unknown;
        examples?: Record<string, { value: unknown }>;
      };
      if (media.schema && at.includes("/content/") && media.schema.type !== "string") {
        const values = media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
        const text = JSON.stringify(media.schema).replaceAll('"#/components', '"document#/components');
        const validate = ajv.compile(JSON.parse(text) as object);
        for (const value of values) {
          examples += 1;
          if (!validate(value)) wrong.push(`${at}: ${ajv.errorsText(validate.errors)}`);
        }
        return;
      }
      for (const [name, member] of Object.entries(node)) look(member, `${at}/${name}`);
    };
    look(document.paths, "");
    look(document.components["responses"], "/content");
    expect(wrong).toEqual([]);
    expect(examples).toBeGreaterThan(200);
  });
});
