import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NewCalendarFeed } from "#contract/calendar-feed.ts";
import { isProblem } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { asWritten } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "../layout/WaitingNotice.tsx";
import { NewAddress } from "./NewAddress.tsx";
import classes from "./Preferences.module.css";
import { calendarFeedQuery } from "./queries.ts";

export interface CalendarAddressProps {
  /** Since when there is an address (RFC 3339), null if there is none. */
  since: string | null;
  role: "patient" | "doctor";
}

type Doing = "make" | "replace" | "remove";

const BUSY: Record<Doing, string> = { make: "Creating…", replace: "Replacing…", remove: "Removing…" };

/** The address at which a calendar program reads one's appointments: made, shown once, replaced, removed. */
export function CalendarAddress({ since, role }: CalendarAddressProps) {
  const [asking, setAsking] = useState<"replace" | "remove" | null>(null);
  const { mutate, data: made, variables: doing, error, isPending, isSuccess, waiting } = useFeed();
  const begin = (what: Doing) => {
    if (!isPending) mutate(what, { onSuccess: () => setAsking(null) });
  };
  const button = (what: Doing, words: string) => (
    <Button color={what === "make" ? "tide" : "var(--danger)"} aria-busy={isPending} onClick={() => begin(what)}>
      {isPending ? BUSY[what] : words}
    </Button>
  );
  return (
    <div className={page["card"]}>
      <Stack gap="md">
        <Text className={classes["text"]}>
          Your calendar program can show your appointments with us and keep them up to date. It needs an address of your
          own for that.
          {role === "doctor" && " It shows when you see somebody, and the reference; never who it is."}
        </Text>
        {isSuccess && doing !== "remove" && made && <NewAddress url={made.url} />}
        {isSuccess && doing === "remove" && (
          <Notice tone="info" title="The address is removed" focus>
            Calendar programs that use it get nothing any more. What they have copied may stay there for a while.
          </Notice>
        )}
        {since === null && <div>{button("make", "Create an address")}</div>}
        {since !== null && (
          <>
            {!made && (
              <Text className={classes["text"]}>
                You have had an address since {asWritten(since)}. It was shown once, when it was made; if you no longer
                have it, replace it.
              </Text>
            )}
            {asking === null && (
              <Group gap="sm">
                <Button variant="outline" onClick={() => setAsking("replace")}>
                  Replace it
                </Button>
                <Button variant="subtle" color="var(--danger)" onClick={() => setAsking("remove")}>
                  Remove it
                </Button>
              </Group>
            )}
            {asking !== null && (
              <Notice tone="warn" title={asking === "replace" ? "Replace the address?" : "Remove the address?"} focus>
                <Stack gap="sm">
                  <span>Calendar programs that use the present one stop getting your appointments at once.</span>
                  <Group gap="sm">
                    {asking === "replace" ? button("replace", "Replace it now") : button("remove", "Remove it now")}
                    <Button variant="outline" onClick={() => setAsking(null)}>
                      Keep it
                    </Button>
                  </Group>
                </Stack>
              </Notice>
            )}
          </>
        )}
        <WaitingNotice waiting={waiting} warning="you need not press again" />
        {error && !isProblem(error, "unauthenticated") && <ProblemNotice error={error} focus />}
      </Stack>
    </div>
  );
}

/** Makes, replaces or removes the address; answers a new one, which nobody keeps but this page while it is open. */
function useFeed() {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const mutation = useMutation({
    mutationFn: async (what: Doing): Promise<NewCalendarFeed | null> => {
      const options = what === "remove" ? { method: "DELETE" as const } : { method: "POST" as const, body: {} };
      return (
        (await send<NewCalendarFeed | undefined>("/calendar-feed", { ...options, onWaiting: setWaiting })).data ?? null
      );
    },
    onSuccess: (made) =>
      queryClient.setQueryData(calendarFeedQuery.queryKey, { since: made === null ? null : made.since }),
  });
  return { ...mutation, waiting };
}
