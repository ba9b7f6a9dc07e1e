/** What a text says as JSON (RFC 8259); undefined if it is not JSON, which every schema refuses. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
