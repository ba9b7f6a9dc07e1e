import type { Waiting } from "#kit/api/request.ts";
import { Notice } from "#kit/ui/Notice.tsx";

/** While something cannot be sent, or its answer takes long: that it goes on by itself. @param warning what not to do */
export function WaitingNotice({ waiting, warning }: { waiting: Waiting; warning: string }) {
  if (waiting === null) return null;
  return (
    <Notice tone="warn" title={waiting === "offline" ? "You are offline" : "This takes longer than usual"} live>
      {waiting === "offline"
        ? `We will send this when you are back — ${warning}.`
        : `We keep trying. Stay on this page and ${warning}.`}
    </Notice>
  );
}
