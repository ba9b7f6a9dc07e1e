import { Trans, useLingui } from "@lingui/react/macro";
import { NativeSelect, TextInput } from "@mantine/core";
import { POLICY, type PolicyName, type PolicyUnit, type PolicyValues } from "#domain/policy.ts";
import { nameOf } from "#kit/language/choice.ts";
import classes from "#kit/ui/Screen.module.css";
import own from "../Clinic.module.css";
import { type Draft, textOf } from "./draft.ts";
import type { SettingWords } from "./setting.ts";
import { boundsWords, valueWords } from "./words.ts";

export interface SettingFieldProps {
  name: PolicyName;
  words: SettingWords;
  values: PolicyValues;
  typed: Draft[PolicyName];
  wrong: boolean;
  onType: (typed: string | boolean | string[]) => void;
}

/** One setting that an administrator can change: its meaning, its bounds and its value. */
export function SettingField({ name, words, values, typed, wrong, onType }: SettingFieldProps) {
  const { t } = useLingui();
  const units = useUnits();
  const rule = POLICY[name];
  const value = typed ?? values[name];
  if (rule.kind === "switch") {
    return (
      <div className={own["setting"]}>
        <label className={classes["check"]}>
          <input
            type="checkbox"
            checked={value === true}
            aria-describedby={`${name}-text`}
            onChange={(event) => onType(event.currentTarget.checked)}
          />
          <strong>{words.label}</strong>
        </label>
        <p id={`${name}-text`} className={own["about"]}>
          {words.text}
        </p>
      </div>
    );
  }
  if (rule.kind === "choices") {
    return <Languages words={words} options={rule.options} chosen={value as string[]} wrong={wrong} onType={onType} />;
  }
  if (rule.kind === "choice") {
    return (
      <div className={own["setting"]}>
        <NativeSelect
          label={words.label}
          description={words.text}
          value={String(value)}
          data={rule.options.map((option) => ({ value: option, label: valueWords(name, option) }))}
          onChange={(event) => onType(event.currentTarget.value)}
        />
      </div>
    );
  }
  const bounds = boundsWords(name);
  return (
    <div className={own["setting"]}>
      <TextInput
        label={rule.unit === "count" ? words.label : `${words.label} (${units[rule.unit]})`}
        description={`${words.text} ${bounds}`}
        inputMode={rule.kind === "number" ? "numeric" : "text"}
        value={typeof typed === "string" ? typed : textOf(values[name])}
        error={wrong ? t`Outside its bounds: ${bounds}` : undefined}
        onChange={(event) => onType(event.currentTarget.value)}
        autoComplete="off"
      />
    </div>
  );
}

interface LanguagesProps {
  words: SettingWords;
  options: readonly string[];
  chosen: string[];
  wrong: boolean;
  onType: (typed: string[]) => void;
}

/** The languages that are offered. The first one is for patients without a choice. */
function Languages({ words, options, chosen, wrong, onType }: LanguagesProps) {
  const { t } = useLingui();
  return (
    <fieldset className={own["setting"]} aria-describedby="locales-text">
      <legend>{words.label}</legend>
      <p id="locales-text" className={own["about"]}>
        {words.text}
      </p>
      <div className={classes["row"]}>
        {options.map((option) => (
          <label key={option} className={classes["check"]}>
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={(event) =>
                onType(event.currentTarget.checked ? [...chosen, option] : chosen.filter((one) => one !== option))
              }
            />
            <span lang={option}>{nameOf(option)}</span>
          </label>
        ))}
      </div>
      {chosen.length > 1 && (
        <NativeSelect
          label={t`For patients without a choice`}
          value={chosen[0]}
          data={chosen.map((option) => ({ value: option, label: nameOf(option) }))}
          onChange={(event) => {
            const first = event.currentTarget.value;
            onType([first, ...chosen.filter((one) => one !== first)]);
          }}
        />
      )}
      {wrong && (
        <p role="alert" className={own["wrong"]}>
          <Trans>Choose at least one language.</Trans>
        </p>
      )}
    </fieldset>
  );
}

function useUnits(): Record<Exclude<PolicyUnit, "count">, string> {
  const { t } = useLingui();
  return {
    minutes: t`minutes`,
    seconds: t`seconds`,
    hours: t`hours`,
    days: t`days`,
    points: t`points`,
  };
}
