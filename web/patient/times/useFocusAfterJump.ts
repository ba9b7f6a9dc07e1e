import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

/**
 * Moves the focus after a change of the search, to the heading of the chosen day once its times are there. Otherwise it
 * moves to the page's heading if the focused link or button is gone.
 */
export function useFocusAfterJump(search: TimesSearch, ready: boolean): void {
  const shown = useRef(search);
  // Each visit of the history has a state object of its own.
  const visit = useRouterState({ select: ({ location }) => location.state });
  const day = visit.toDay;
  const done = useRef<object>(undefined);
  useEffect(() => {
    // The router's location is ahead of the page, which may still show the days of the search before.
    if (day === undefined || day !== search.from || !ready || done.current === visit) return;
    const heading = document.getElementById(`day-${day}`);
    if (!heading) return;
    done.current = visit;
    heading.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }, [day, visit, ready, search]);
  useEffect(() => {
    if (shown.current === search) return;
    shown.current = search;
    const active = document.activeElement;
    if (day === undefined && (active === null || active === document.body)) {
      document.getElementById("page-title")?.focus();
    }
  }, [search, day]);
}
