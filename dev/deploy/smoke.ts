/** What a version of the Worker must say about itself. */
export interface Build {
  commit: string;
  /** The schema of its stored functions. */
  functions: string;
}

/** Longest time for an answer, milliseconds. */
const ANSWER_MS = 10_000;

/**
 * Asks a deployment for what every visitor needs, and changes nothing.
 * @param publicUrl where both apps are, no slash at the end
 * @param headers choose the version that answers
 * @param build the answers must be of it; null: of any
 * @returns a sentence for each thing that is not as it must be
 */
export async function smoke(
  publicUrl: string,
  headers: Record<string, string>,
  build: Build | null,
): Promise<string[]> {
  const ask = async (path: string): Promise<{ status: number; text: string }> => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${publicUrl}${path}`, { headers, signal, redirect: "manual" });
    return { status: response.status, text: await response.text() };
  };
  const wrong: string[] = [];
  const check = async (path: string, judge: (text: string) => string | null): Promise<void> => {
    try {
      const { status, text } = await ask(path);
      const found = status === 200 ? judge(text) : `is answered ${status}`;
      if (found !== null) wrong.push(`${path} ${found}.`);
    } catch (error) {
      wrong.push(`${path} is not answered: ${(error as Error).message}.`);
    }
  };
  await check("/api/v1/health/ready", (text) => {
    const { status, commit, functions } = JSON.parse(text) as Record<string, unknown>;
    if (build && (commit !== build.commit || functions !== build.functions)) {
      return `is of another build: commit ${String(commit)}, functions ${String(functions)}`;
    }
    return status === "not-ready" ? "says that no booking can be made" : null;
  });
  await check("/api/v1/config", (text) => (text.includes('"clinic"') ? null : "does not name the clinic"));
  await check("/api/v1/availability", (text) => (text.includes('"days"') ? null : "has no days"));
  await check("/", (text) => (/<!doctype html>/i.test(text) ? null : "is no page"));
  await check("/staff/", (text) => (/<!doctype html>/i.test(text) ? null : "is no page"));
  return wrong;
}
