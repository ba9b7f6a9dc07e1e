import { useLingui } from "@lingui/react/macro";
import type { Waiting } from "../api/request.ts";
import { Notice } from "./Notice.tsx";

/** Says that a slow or offline request continues by itself. @param warning a sentence: what the user must not do */
export function WaitingNotice({ waiting, warning }: { waiting: Waiting; warning: string }) {
  const { t } = useLingui();
  if (waiting === null) return null;
  return (
    <Notice tone="warn" title={waiting === "offline" ? t`You are offline` : t`This takes longer than usual`} live>
      {waiting === "offline" ? t`We will send this when you are back.` : t`We keep trying. Stay on this page.`}{" "}
      {warning}
    </Notice>
  );
}
