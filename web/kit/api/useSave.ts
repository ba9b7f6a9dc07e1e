import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { isDecided } from "./problem.ts";
import { type Answer, type Waiting, send } from "./request.ts";

export interface Change {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** The ETag of the version that the user saw. */
  ifMatch?: string;
}

/**
 * A change of a resource. Sending the same one again is still one change, until the API has decided about it.
 * @param onDone gets the answer and its ETag
 */
export function useSave<Result>(onDone: (answer: Answer<Result>, change: Change) => void) {
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ what: "", key: "" });
  const mutation = useMutation({
    mutationFn: ({ method, path, body, ifMatch }: Change) => {
      const what = JSON.stringify([method, path, body, ifMatch]);
      if (attempt.current.what !== what) attempt.current = { what, key: crypto.randomUUID() };
      return send<Result>(path, {
        method,
        body,
        ...(ifMatch === undefined ? {} : { ifMatch }),
        idempotencyKey: attempt.current.key,
        onWaiting: setWaiting,
      });
    },
    onSuccess: (answer, change) => {
      attempt.current = { what: "", key: "" };
      onDone(answer, change);
    },
    onError: (error) => {
      // The API keeps the refusal under the key, so pressing again must be a new request.
      if (isDecided(error)) attempt.current = { what: "", key: "" };
    },
  });
  return { ...mutation, waiting };
}
