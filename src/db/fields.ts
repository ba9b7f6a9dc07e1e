import { fromUtf8, toHex, utf8 } from "#lib/encoding.ts";
import { openWith, sealWith } from "#lib/sealing.ts";

/** A key of AES-256-GCM, 32 bytes. The key with the highest version seals; all of them open. */
export interface FieldKey {
  version: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The columns whose texts the database has sealed only, and the member of a function's answer that has each. */
const MEMBERS = {
  reason: "appointments.reason",
  note: "appointments.cancel_note",
  contactNote: "cases.contact_note",
} as const;

export type Field = (typeof MEMBERS)[keyof typeof MEMBERS];

/** Seals and opens what patients and staff say in their own words. The database sees neither these texts nor a key. */
export interface Fields {
  /** The version that seals, as its texts begin: `v2.`. */
  readonly newest: string;
  /** The text as the column of the row `id` stores it: `v<version>.<base64url>`. It opens in no other row or column. */
  seal(field: Field, id: string, text: string | null): Promise<string | null>;
  /** The text of a stored one, clear text as it is. Null when it is sealed and no key opens it for this row. */
  unseal(field: Field, id: string, stored: string): Promise<string | null>;
  /**
   * A keyed hash of a request, 64 hexadecimal digits (HMAC-SHA-256). Without the key nothing can be guessed from it. The key
   * with the lowest version makes it, so that another key beside it changes nothing.
   */
  fingerprint(request: string): Promise<string>;
  /** A function's answer with its sealed texts opened, in place. What no key opens, and clear text, stays as it is. */
  open<Answer>(answer: Answer): Promise<Answer>;
}

/** A version, then at least a nonce and a tag. */
const SEALED = /^v(\d{1,9})\.([\w-]{38,})$/;

/** @throws TypeError without a key */
export function openFields(keys: readonly FieldKey[]): Fields {
  const versions = keys.map(({ version }) => version);
  const [newest, oldest] = [Math.max(...versions), Math.min(...versions)];
  let macKey: Promise<CryptoKey> | undefined;
  if (versions.length === 0) throw new TypeError("No key for the fields");
  const imported = new Map<number, Promise<CryptoKey>>();
  const keyOf = (version: number): Promise<CryptoKey> | null => {
    const bytes = keys.find((key) => key.version === version)?.bytes;
    if (!bytes) return null;
    const key =
      imported.get(version) ?? crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    imported.set(version, key);
    return key;
  };
  const unseal: Fields["unseal"] = async (field, id, stored) => {
    const [, version, token = ""] = SEALED.exec(stored) ?? [];
    if (version === undefined) return stored;
    const key = await keyOf(Number(version));
    const plain = key && (await openWith(key, token, boundTo(field, id)));
    return plain && fromUtf8(plain);
  };
  return {
    newest: `v${newest}.`,
    async seal(field, id, text) {
      const key = text === null ? null : await keyOf(newest);
      return key && text !== null ? `v${newest}.${await sealWith(key, utf8(text), boundTo(field, id))}` : null;
    },
    unseal,
    async fingerprint(request) {
      macKey ??= hmacKey(keys.find(({ version }) => version === oldest)?.bytes ?? new Uint8Array());
      return toHex(new Uint8Array(await crypto.subtle.sign("HMAC", await macKey, utf8(request))));
    },
    async open(answer) {
      const found = sealedIn(answer, "", []);
      await Promise.all(
        found.map(async ({ holder, member, id, stored }) => {
          holder[member] = (await unseal(MEMBERS[member], id, stored)) ?? stored;
        }),
      );
      return answer;
    },
  };
}

/** A key for hashes, which is none for sealing (HKDF, RFC 5869). */
async function hmacKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("request") } as const;
  return crypto.subtle.deriveKey(how, root, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
}

const boundTo = (field: Field, id: string): string => `${field} ${id}`;

interface Sealed {
  holder: Record<string, unknown>;
  member: keyof typeof MEMBERS;
  id: string;
  stored: string;
}

/** The sealed texts in an answer, each with the id of the row that it is in: of its object, or of the one around it. */
function sealedIn(value: unknown, outer: string, found: Sealed[]): Sealed[] {
  if (Array.isArray(value)) {
    for (const item of value) sealedIn(item, outer, found);
  } else if (typeof value === "object" && value !== null) {
    const holder = value as Record<string, unknown>;
    const id = typeof holder["id"] === "string" ? holder["id"] : outer;
    for (const [member, inner] of Object.entries(holder)) {
      if (typeof inner === "object") sealedIn(inner, id, found);
      else if (typeof inner === "string" && member in MEMBERS && SEALED.test(inner)) {
        found.push({ holder, member: member as keyof typeof MEMBERS, id, stored: inner });
      }
    }
  }
  return found;
}
