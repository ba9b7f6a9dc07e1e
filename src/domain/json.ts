/** What a text says as JSON (RFC 8259); undefined when it is none, which no schema lets pass. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
