import { useEffect, useRef } from "react";
import type { TimesSearch } from "./search.ts";

/** Some ways to other times are gone once they were used, and the focus with them: it goes on to the page's heading. */
export function useFocusAfterJump(search: TimesSearch): void {
  const shown = useRef(search);
  useEffect(() => {
    if (shown.current === search) return;
    shown.current = search;
    const active = document.activeElement;
    if (active === null || active === document.body) document.getElementById("page-title")?.focus();
  }, [search]);
}
