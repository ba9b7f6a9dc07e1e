import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as encoding from "#lib/encoding.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

describe("the encodings", () => {
  test("The encodings equal Node's for any bytes and give them back", () => {
    fc.assert(
      fc.property(bytes, (any) => {
        const buffer = Buffer.from(any);
        expect(encoding.toBase64(any)).toBe(buffer.toString("base64"));
        expect(encoding.toBase64url(any)).toBe(buffer.toString("base64url"));
        expect(encoding.toHex(any)).toBe(buffer.toString("hex"));
        expect(encoding.fromBase64(encoding.toBase64(any))).toEqual(new Uint8Array(any));
        expect(encoding.fromBase64url(encoding.toBase64url(any))).toEqual(new Uint8Array(any));
        expect(encoding.fromHex(encoding.toHex(any))).toEqual(new Uint8Array(any));
      }),
    );
  });

  test("A text can be read back from its UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(encoding.fromUtf8(encoding.utf8(text))).toBe(text);
      }),
    );
  });

  test.each(["YQ==", "YR", "Y", "Y Q", "a+b/", "ä"])("%j is not canonical base64url", (text) => {
    expect(encoding.fromBase64url(text)).toBeNull();
  });

  test.each(["a", "0g", "0x", " 0"])("%j is not hexadecimal", (text) => {
    expect(encoding.fromHex(text)).toBeNull();
  });

  test("SHA-256 is that of FIPS 180-4", async () => {
    expect(await encoding.sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect((await encoding.sha256("abc")).length).toBe(32);
  });
});
