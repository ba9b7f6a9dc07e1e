import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "#kit/api/queries.ts";

/** Leads staff to their app, and doctors to their day. A doctor's calendar address is on the preferences page. */
export function useLeadToOwnApp(): void {
  const { data: session } = useQuery(sessionQuery);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const navigate = useNavigate();
  const role = session?.role;
  const toDay = role === "doctor" && path !== "/preferences" && !path.startsWith("/doctor/");
  useEffect(() => {
    if (role === "staff") globalThis.location.replace("/staff/");
    if (toDay) void navigate({ to: "/doctor/day", replace: true });
  }, [role, toDay, navigate]);
}
