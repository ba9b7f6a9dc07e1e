import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { isProblem } from "../api/problem.ts";
import { configQuery } from "../api/queries.ts";
import { nameOf } from "./choice.ts";
import { ProblemNotice } from "../ui/ProblemNotice.tsx";
import { writtenLanguage } from "./languages.ts";
import classes from "./LanguageSwitch.module.css";
import { useChooseLanguage } from "./useChooseLanguage.ts";
import { offeredBy } from "./wanted.ts";

/** The clinic's languages, each by its own name; nothing if there is only one. */
export function LanguageSwitch({ className }: { className: string | undefined }) {
  const { t, i18n } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { mutate, error } = useChooseLanguage();
  const offered = config ? offeredBy(config) : [];
  if (offered.length < 2) return null;
  return (
    <div className={className}>
      <fieldset aria-label={t`Language`} className={classes["languages"]}>
        {offered.map((tag) => {
          const language = writtenLanguage(tag) ?? tag;
          return (
            <button
              key={tag}
              type="button"
              lang={tag}
              aria-pressed={language === i18n.locale}
              className={classes["language"]}
              onClick={() => mutate(tag)}
            >
              {nameOf(language)}
            </button>
          );
        })}
      </fieldset>
      {error && !isProblem(error, "unauthenticated") && <ProblemNotice error={error} focus />}
    </div>
  );
}
