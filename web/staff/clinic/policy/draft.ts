import { useState } from "react";
import { POLICY, POLICY_NAMES, type PolicyName, type PolicyValues } from "#domain/policy.ts";

type Value = PolicyValues[PolicyName];

/** The user's input, by setting. A number is kept as its text, which may not be a number yet. */
export type Draft = Partial<Record<PolicyName, string | boolean | string[]>>;

/** The settings of a draft that are different, and those whose text is no valid value. */
export interface ReadDraft {
  changes: Partial<Record<PolicyName, Value>>;
  wrong: PolicyName[];
}

/** How a value stands in its field. */
export function textOf(value: Value): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Compares a draft with the stored settings. */
export function readDraft(draft: Draft, values: PolicyValues): ReadDraft {
  const read: ReadDraft = { changes: {}, wrong: [] };
  for (const name of POLICY_NAMES) {
    const typed = draft[name];
    if (typed === undefined) continue;
    const value = valueOf(name, typed);
    if (value === null) read.wrong.push(name);
    else if (textOf(value) !== textOf(values[name])) read.changes[name] = value;
  }
  return read;
}

/** Null for a text that is no value of the setting. */
function valueOf(name: PolicyName, typed: string | boolean | string[]): Value | null {
  const rule = POLICY[name];
  if (typeof typed === "boolean") return typed;
  if (Array.isArray(typed)) return typed.length > 0 ? (typed as PolicyValues["locales"]) : null;
  if (rule.kind === "choice") return typed as PolicyValues["lateOpenings"];
  const texts = rule.kind === "numbers" ? typed.split(/[\s,;]+/).filter(Boolean) : [typed.trim()];
  const numbers = texts.map((text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN));
  if (rule.kind !== "number" && rule.kind !== "numbers") return null;
  if (numbers.some((number) => !(number >= rule.min && number <= rule.max))) return null;
  if (rule.kind === "number") return numbers[0] ?? null;
  return numbers.length <= rule.maxItems && new Set(numbers).size === numbers.length ? numbers : null;
}

/** The settings in which two versions of the policy differ. */
export function differences(before: PolicyValues, now: PolicyValues): PolicyName[] {
  return POLICY_NAMES.filter((name) => textOf(before[name]) !== textOf(now[name]));
}

const STORED = "policy-draft";

/** The draft of this tab. It outlives a login with a second factor and a reload, and ends with the session. */
export function useDraft(): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useState<Draft>(() => {
    try {
      return JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as Draft;
    } catch {
      return {};
    }
  });
  const keep = (next: Draft) => {
    if (Object.keys(next).length === 0) sessionStorage.removeItem(STORED);
    else sessionStorage.setItem(STORED, JSON.stringify(next));
    setDraft(next);
  };
  return [draft, keep];
}
