import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Preferences } from "#contract/answers/preferences.ts";
import { isProblem } from "../api/problem.ts";
import { sessionQuery } from "../api/queries.ts";
import { send } from "../api/request.ts";
import { forgetChoice, keepChoice, remember } from "./choice.ts";
import { preferencesQuery } from "../api/preferences.ts";
import { speak } from "./speak.ts";

/** Switches the language, and saves it on this device and, for a logged-in patient, as a preference. */
export function useChooseLanguage() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (tag: string) => {
      keepChoice(tag);
      try {
        await speak(tag);
      } catch (error) {
        forgetChoice();
        throw error;
      }
      remember(tag);
      if (queryClient.getQueryData(sessionQuery.queryKey)?.role === "patient") await prefer(queryClient, tag);
    },
  });
}

/** Saves the language. After a conflict with another change of the preferences it is tried again. */
async function prefer(queryClient: QueryClient, language: string): Promise<void> {
  for (let again = false; ; again = true) {
    const shown = await queryClient.fetchQuery({ ...preferencesQuery, ...(again ? { staleTime: 0 } : {}) });
    if (shown.preferences.language === language) return;
    try {
      const options = { method: "PATCH", body: { language }, ifMatch: shown.etag } as const;
      const { data: preferences, etag } = await send<Preferences>("/preferences", options);
      queryClient.setQueryData(preferencesQuery.queryKey, { preferences, etag: etag ?? "" });
      return;
    } catch (error) {
      if (again || !isProblem(error, "version-conflict")) throw error;
    }
  }
}
