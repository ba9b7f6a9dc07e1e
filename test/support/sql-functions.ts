import { readFunctions } from "#dev/functions.ts";

/** A stored function, as its text in src/db/functions says. */
export interface SqlFunction {
  name: string;
  /** Its file, below src/db/functions. */
  path: string;
  /** The Worker's role can call it: a verb, a read, or a step of a job. The others are helpers. */
  isCallable: boolean;
  /** Its return expressions, unchanged. */
  returns: string[];
  /** Other stored functions that it names. */
  uses: string[];
  /** Codes that it refuses with by itself. */
  codes: string[];
}

/** All stored functions of this build, by name. */
export function readSqlFunctions(): Map<string, SqlFunction> {
  const found = readFunctions().files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split(/^(?=create function )/m)
      .flatMap((part) => {
        const name = /^create function (\w+)/.exec(part)?.[1];
        return name ? [{ name, path, part }] : [];
      }),
  );
  const names = found.map(({ name }) => name);
  return new Map(
    found.map(({ name, path, part }) => [
      name,
      {
        name,
        path,
        isCallable: /\bsecurity definer\b/.test(part),
        returns: [...part.matchAll(/\breturn\b\s*([^;]*);/g)].map(([, expression = ""]) => expression.trim()),
        uses: names.filter((other) => other !== name && new RegExp(`\\b${other}\\(`).test(part)),
        codes: [...part.matchAll(/\brefuse\(c, me, '([\w-]+)'/g)].map(([, code = ""]) => code),
      },
    ]),
  );
}

/** Every code with which a function refuses, by itself or through its helpers. */
export function codesOf(name: string, functions: Map<string, SqlFunction>, seen = new Set<string>()): string[] {
  const one = functions.get(name);
  if (!one || seen.has(name)) return [];
  seen.add(name);
  return [...new Set([...one.codes, ...one.uses.flatMap((other) => codesOf(other, functions, seen))])].sort();
}

function withoutComments(text: string): string {
  return text.replaceAll(/--.*$/gm, "");
}
