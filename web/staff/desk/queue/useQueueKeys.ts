import { useLingui } from "@lingui/react/macro";
import { useEffect, useMemo, useRef } from "react";
import { isTyping, singleKeysOn, useShortcuts } from "#kit/shortcuts/shortcuts.ts";

/** J and K go along the queue; the keys of the case itself are listed with them. */
export function useQueueKeys(step: (by: number) => void): void {
  const { t } = useLingui();
  useShortcuts(
    useMemo(
      () => ({
        title: t`To place`,
        shortcuts: [
          { keys: "J  K", what: t`Next case, the one before` },
          { keys: "1 … 5", what: t`Choose a time` },
          { keys: "Enter", what: t`Place there, and go on` },
          { keys: "C", what: t`Claim the case` },
          { keys: "L", what: t`Call later` },
        ],
      }),
      [t],
    ),
  );
  useKeys((key) => {
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else return false;
    return true;
  });
}

/**
 * Single keys of a screen, while no text is typed and no dialog is open. @param act says whether it used the key (lower
 * case); Enter on a button or link stays theirs
 */
export function useKeys(act: (key: string) => boolean): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return;
      const { target } = event;
      const radio = target instanceof HTMLInputElement && (target.type === "radio" || target.type === "checkbox");
      if ((isTyping(target) && !radio) || document.querySelector("dialog[open]") !== null) return;
      if (event.key === "Enter" && target instanceof Element && target.closest("button, a") !== null) return;
      if (latest.current(event.key.toLowerCase())) event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
