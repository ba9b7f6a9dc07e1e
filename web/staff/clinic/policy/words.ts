import { plural, t } from "@lingui/core/macro";
import { POLICY, type PolicyName, type PolicyUnit, type PolicyValues } from "#domain/policy.ts";
import { nameOf } from "#kit/language/choice.ts";
import { bookingWords, changeWords } from "./booking-words.ts";
import { loginWords, moveWords } from "./clinic-words.ts";
import { keepingWords } from "./keeping-words.ts";
import { messageWords } from "./message-words.ts";
import type { SettingWords } from "./setting.ts";

export interface SettingGroup {
  title: string;
  settings: Partial<Record<PolicyName, SettingWords>>;
}

/** Every setting, in groups as staff look for them. */
export function settingGroups(): SettingGroup[] {
  const groups = {
    ...bookingWords(),
    ...changeWords(),
    ...messageWords(),
    ...moveWords(),
    ...loginWords(),
    ...keepingWords(),
  };
  groups satisfies Record<PolicyName, SettingWords>;
  return [
    { title: t`Booking`, settings: bookingWords() },
    { title: t`Changes by patients`, settings: changeWords() },
    { title: t`Mails`, settings: messageWords() },
    { title: t`Moves by the clinic`, settings: moveWords() },
    { title: t`Logins`, settings: loginWords() },
    { title: t`How long data are kept`, settings: keepingWords() },
  ];
}

export function labelOf(name: PolicyName): string {
  return settingGroups().find(({ settings }) => name in settings)?.settings[name]?.label ?? name;
}

/** `15 minutes` */
export function amountOf(value: number, unit: PolicyUnit): string {
  switch (unit) {
    case "minutes":
      return plural(value, { one: "# minute", other: "# minutes" });
    case "seconds":
      return plural(value, { one: "# second", other: "# seconds" });
    case "hours":
      return plural(value, { one: "# hour", other: "# hours" });
    case "days":
      return plural(value, { one: "# day", other: "# days" });
    case "points":
      return plural(value, { one: "# point", other: "# points" });
    case "count":
      return String(value);
  }
}

/** A value in words: `24 hours`, `24, 2 hours`, `staff`, `on`. */
export function valueWords(name: PolicyName, value: PolicyValues[PolicyName]): string {
  const rule = POLICY[name];
  if (typeof value === "boolean") return value ? t`on` : t`off`;
  if (typeof value === "number") return rule.unit === null ? String(value) : amountOf(value, rule.unit);
  if (typeof value === "string") return value === "staff" ? t`filled by staff` : t`offered to patients`;
  if (rule.kind === "choices") return value.map((one) => nameOf(String(one))).join(", ");
  if (value.length === 0) return t`none`;
  return value.map((one) => amountOf(Number(one), "hours")).join(", ");
}

/** `5 to 120 minutes, 15 by default` */
export function boundsWords(name: PolicyName): string | null {
  const rule = POLICY[name];
  if (rule.kind !== "number" && rule.kind !== "numbers") return null;
  const [min, max] = [rule.min, amountOf(rule.max, rule.unit)];
  const usual = valueWords(name, rule.default as PolicyValues[PolicyName]);
  if (rule.kind === "number") return t`${min} to ${max}; ${usual} by default.`;
  const items = rule.maxItems;
  return t`At most ${items}, each ${min} to ${max}; ${usual} by default.`;
}
