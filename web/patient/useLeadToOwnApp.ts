import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "#kit/api/queries.ts";

/** Leads staff and doctors to their app. A doctor's calendar address is on this app's preferences page. */
export function useLeadToOwnApp(): void {
  const { data: session } = useQuery(sessionQuery);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const role = session?.role;
  const elsewhere = role === "staff" || (role === "doctor" && path !== "/preferences");
  useEffect(() => {
    if (elsewhere) globalThis.location.replace("/staff/");
  }, [elsewhere]);
}
