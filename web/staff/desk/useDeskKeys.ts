import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { isTyping, singleKeysOn } from "#kit/shortcuts/shortcuts.ts";

/** `/` on any screen leads to the search for a patient. */
export function useDeskKeys(on: boolean): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (!on) return undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || !singleKeysOn() || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      const search = document.getElementById("patient-search");
      if (search) search.focus();
      else void navigate({ to: "/patients" });
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [on, navigate]);
}
