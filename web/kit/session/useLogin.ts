import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useContext, useState } from "react";
import { configQuery, sessionQuery } from "../api/queries.ts";
import { LoginApp } from "./app.ts";
import { type LoginClient, finishLogIn, logIn, logOut } from "./login.ts";
import { belongTo } from "./shared-device.ts";

export interface Login {
  /** Leaves for the login page and comes back to `returnTo`, a path of this app. `secondFactor`: asks for a fresh one. */
  start: (returnTo: string, secondFactor?: boolean) => Promise<void>;
  /** Finishes at the callback address; returns the path to continue at. */
  finish: () => Promise<string>;
  end: () => Promise<void>;
  busy: boolean;
  error: unknown;
}

/** Logging in and out of an app. A failure of `start` or `end` is in `error`, for the page to show beside its button. */
export function useLogin(): Login {
  const queryClient = useQueryClient();
  const app = useContext(LoginApp);
  if (!app) throw new Error("The app provides no LoginApp");
  const { client, callbackPath, home } = app;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const clientOf = useCallback(async (): Promise<LoginClient> => {
    const config = await queryClient.ensureQueryData(configQuery);
    return { config, clientId: config.clientId[client], callbackPath, home };
  }, [queryClient, client, callbackPath, home]);
  const run = useCallback(
    async (work: (client: LoginClient) => Promise<void>) => {
      setBusy(true);
      setError(null);
      try {
        await work(await clientOf());
      } catch (problem) {
        setError(problem);
        setBusy(false);
      }
    },
    [clientOf],
  );
  const start = useCallback(
    (returnTo: string, secondFactor?: boolean) => run((client) => logIn(client, returnTo, secondFactor)),
    [run],
  );
  const end = useCallback(() => {
    // Drafts and choices of this tab belong to the person who logs out.
    sessionStorage.clear();
    return run(logOut);
  }, [run]);
  const finish = useCallback(async () => {
    const { session, returnTo } = await finishLogIn(await clientOf());
    belongTo(session.personId);
    queryClient.setQueryData(sessionQuery.queryKey, session);
    return returnTo;
  }, [queryClient, clientOf]);
  return { start, finish, end, busy, error };
}
