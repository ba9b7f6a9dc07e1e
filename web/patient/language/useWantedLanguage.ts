import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import { preferencesQuery } from "#kit/api/preferences.ts";
import { chosen, remember, remembered } from "#kit/language/choice.ts";
import { speak } from "./speak.ts";
import { offeredBy, wantedLanguage } from "./wanted.ts";

/** Keeps the app in the language that is wanted, once it is known what the clinic offers and who is here. */
export function useWantedLanguage(): void {
  // A choice is in the tab's storage, of which React knows nothing; that it is spoken, this tells.
  useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const patient = session?.role === "patient";
  const { data } = useQuery({ ...preferencesQuery, enabled: patient });
  const preferred = patient ? data?.preferences.language : undefined;
  const wishes = { chosen: chosen(), preferred, remembered: remembered(), browser: navigator.languages };
  const wanted = config && wantedLanguage(wishes, offeredBy(config));
  useEffect(() => {
    if (wanted === undefined) return;
    if (preferred !== undefined) remember(wanted);
    // A catalogue that cannot be fetched: everything goes on in the language it is in.
    speak(wanted).catch(() => undefined);
  }, [wanted, preferred]);
}
