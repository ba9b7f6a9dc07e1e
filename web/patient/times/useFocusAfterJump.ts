import { useEffect, useRef } from "react";

/** Jumping to another date takes the pressed button away; the focus then goes on to the page's heading. */
export function useFocusAfterJump(from: string | undefined): void {
  const shown = useRef(from);
  useEffect(() => {
    if (shown.current === from) return;
    shown.current = from;
    document.getElementById("page-title")?.focus();
  }, [from]);
}
