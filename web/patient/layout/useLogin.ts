import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { configQuery } from "#kit/api/queries.ts";
import { type LoginClient, finishLogIn, logIn, logOut } from "#kit/session/login.ts";
import { forgetChoice } from "../language/choice.ts";
import { forgetReason } from "../hold/reason-draft.ts";

export interface Login {
  /** Leaves for the login page and comes back to `returnTo`, a path of this app. */
  start: (returnTo: string) => Promise<void>;
  /** Finishes at the callback address; gives the path to go on to. */
  finish: () => Promise<string>;
  end: () => Promise<void>;
  busy: boolean;
  error: unknown;
}

/** Logging in and out of the patient app. Failures end in `error`, to be shown where the person pressed. */
export function useLogin(): Login {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(
    async <T>(work: (client: LoginClient) => Promise<T>): Promise<T | undefined> => {
      setBusy(true);
      setError(null);
      try {
        const config = await queryClient.ensureQueryData(configQuery);
        return await work({ config, clientId: config.clientId.patient, callbackPath: "/login/callback" });
      } catch (problem) {
        setError(problem);
        setBusy(false);
        return undefined;
      }
    },
    [queryClient],
  );
  const start = useCallback((returnTo: string) => run((client) => logIn(client, returnTo)), [run]);
  const end = useCallback(() => {
    forgetReason();
    forgetChoice();
    return run(logOut);
  }, [run]);
  const finish = useCallback(async () => {
    const config = await queryClient.ensureQueryData(configQuery);
    const client = { config, clientId: config.clientId.patient, callbackPath: "/login/callback" };
    const { session, returnTo } = await finishLogIn(client);
    queryClient.setQueryData(["session"], session);
    return returnTo;
  }, [queryClient]);
  return { start, finish, end, busy, error };
}
