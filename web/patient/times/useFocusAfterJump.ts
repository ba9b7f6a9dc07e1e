import { useEffect, useRef } from "react";
import type { TimesSearch } from "./search.ts";

/** Moves the focus to the page's heading when the link or button that had it is gone. */
export function useFocusAfterJump(search: TimesSearch): void {
  const shown = useRef(search);
  useEffect(() => {
    if (shown.current === search) return;
    shown.current = search;
    const active = document.activeElement;
    if (active === null || active === document.body) document.getElementById("page-title")?.focus();
  }, [search]);
}
