import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { configQuery, sessionQuery } from "../api/queries.ts";
import { preferencesQuery } from "../api/preferences.ts";
import { chosen, remember, remembered } from "./choice.ts";
import { speak } from "./speak.ts";
import { offeredBy, wantedLanguage } from "./wanted.ts";

/** Switches the app to the wanted language as soon as the clinic's languages and the session are known. */
export function useWantedLanguage(): void {
  // Renders again after a choice, which is in the tab's storage and not in React's state.
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
    // Without the catalogue the app keeps its language.
    speak(wanted).catch(() => undefined);
  }, [wanted, preferred]);
}
