import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Impact } from "#contract/answers/schedule.ts";
import { isDecided, isProblem } from "#kit/api/problem.ts";
import { type Waiting, query, send } from "#kit/api/request.ts";
import { refreshCalendar } from "./queries.ts";

interface Request {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** The preview's token goes into the body, or into the address where the body is not an object. */
  body?: object;
  ifMatch?: string;
}

/** A change of the clinic calendar that is looked at before it is made. */
export interface Change {
  /** The thing that is changed: the dialog's title. */
  title: string;
  /** Its effect on patients, as a sentence. */
  what: string;
  preview: { path: string; body?: object };
  apply: Request;
}

export interface Applied {
  /** The operation that finds new times; undefined where all was so already. */
  operationId: string | undefined;
  affected: number;
}

/** Previews a change, applies it with the preview's token, and gets a fresh preview where the world has moved on. */
export function useChange(change: Change) {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  // The preview that the user saw before it went stale, so that the difference can be shown.
  const [before, setBefore] = useState<Impact | null>(null);
  const [impact, setImpact] = useState<Impact | null>(null);
  const attempt = useRef({ token: "", key: "" });
  const preview = useMutation({
    mutationFn: async () => {
      const { path, body = {} } = change.preview;
      return (await send<Impact>(path, { method: "POST", body })).data;
    },
    onSuccess: setImpact,
  });
  const { mutate: look } = preview;
  useEffect(() => look(), [look]);
  const apply = useMutation({
    mutationFn: async (shown: Impact): Promise<Applied> => {
      if (attempt.current.token !== shown.token) attempt.current = { token: shown.token, key: crypto.randomUUID() };
      const { method, path, body, ifMatch } = change.apply;
      const inAddress = body === undefined || Array.isArray(body);
      const answer = await send(inAddress ? `${path}${query({ previewToken: shown.token })}` : path, {
        method,
        ...(body === undefined ? {} : { body: inAddress ? body : { ...body, previewToken: shown.token } }),
        ...(ifMatch === undefined ? {} : { ifMatch }),
        idempotencyKey: attempt.current.key,
        onWaiting: setWaiting,
      });
      return { operationId: answer.operationId, affected: shown.affected };
    },
    onSuccess: () => refreshCalendar(queryClient),
    onError: (error, shown) => {
      if (isDecided(error)) attempt.current = { token: "", key: "" };
      // The form shows what a colleague has saved in between, beside what the user typed.
      if (isProblem(error, "version-conflict")) void refreshCalendar(queryClient);
      if (!isProblem(error, "preview-stale")) return;
      setBefore(shown);
      setImpact(error.details["plan"] as Impact);
    },
  });
  return { preview, apply, impact, before, waiting };
}
