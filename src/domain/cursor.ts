/**
 * A position in a list as an opaque text for a URL, and back. Null for anything that is not a cursor of ours: `fields`
 * says which members it must have and of what type.
 */
export function writeCursor(position: Record<string, string | number>): string {
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function readCursor<Shape extends Record<string, RegExp | "integer">>(
  text: string,
  fields: Shape,
): { [Name in keyof Shape]: Shape[Name] extends "integer" ? number : string } | null {
  try {
    const parsed: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (typeof parsed !== "object" || parsed === null) return null;
    const position = parsed as Record<string, unknown>;
    for (const [name, form] of Object.entries(fields)) {
      const value = position[name];
      const ok = form === "integer" ? Number.isSafeInteger(value) : typeof value === "string" && form.test(value);
      if (!ok) return null;
    }
    return position as { [Name in keyof Shape]: Shape[Name] extends "integer" ? number : string };
  } catch {
    return null;
  }
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const DATE = /^\d{4}-\d{2}-\d{2}$/;
