/** The API that a command calls as an administrator. */
export interface Api {
  /** Below `/api/v1`. */
  url: string;
  token: string;
}

/** An answer that is no success: the problem's code, and its words. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, words: string) {
    super(`${code}: ${words}`);
    this.code = code;
  }
}

/** How often a request is sent that found the API busy or away. A minute's limit is waited for as often as it comes. */
const ATTEMPTS = 6;

/**
 * Sends a request and gives its JSON. A request that found the API busy or away is sent again.
 * @throws {Refused} when the API refuses
 */
export async function send<Body>({ url, token }: Api, method: string, path: string, body?: object): Promise<Body> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((error: unknown) => (attempt < ATTEMPTS ? null : Promise.reject(error as Error)));
    if (answer?.ok) return (await answer.json()) as Body;
    const isLimited = answer?.status === 429;
    if (answer !== null && !isLimited && (answer.status !== 503 || attempt >= ATTEMPTS)) throw await refusalOf(answer);
    await answer?.body?.cancel();
    const seconds = Number(answer?.headers.get("Retry-After") ?? "0") || 2 ** (attempt - 1) / 2;
    await new Promise((wait) => setTimeout(wait, seconds * 1000));
  }
}

async function refusalOf(answer: Response): Promise<Refused> {
  const text = await answer.text();
  try {
    const { code, title, detail, errors, builtOn } = JSON.parse(text) as Record<string, unknown>;
    const more = [errors, builtOn].filter(Boolean).map((one) => JSON.stringify(one));
    return new Refused(String(code), [detail ?? title, ...more].map(String).join(" "));
  } catch {
    return new Refused(String(answer.status), text.slice(0, 200));
  }
}
