import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { NewCalendarFeed } from "#contract/answers/calendar-feed.ts";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { NewAddress } from "./NewAddress.tsx";
import classes from "./Preferences.module.css";
import { calendarFeedQuery } from "./queries.ts";

export interface CalendarAddressProps {
  /** When the address was made (RFC 3339); null without one. */
  since: string | null;
  role: "patient" | "doctor";
}

type Doing = "make" | "replace" | "remove";

const BUSY: Record<Doing, MessageDescriptor> = {
  make: msg`Creating…`,
  replace: msg`Replacing…`,
  remove: msg`Removing…`,
};

/** The secret address of the calendar feed: made, shown once, replaced, removed. */
export function CalendarAddress({ since, role }: CalendarAddressProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const [asking, setAsking] = useState<"replace" | "remove" | null>(null);
  const { mutate, data: fresh, variables: doing, error, isPending, isSuccess, waiting } = useFeed();
  const made = since === null ? "" : asWritten(since, config ? zonesOf(config) : []);
  const begin = (what: Doing) => {
    if (!isPending) mutate(what, { onSuccess: () => setAsking(null) });
  };
  const button = (what: Doing, words: string) => (
    <Button color={what === "make" ? "tide" : "var(--danger)"} aria-busy={isPending} onClick={() => begin(what)}>
      {isPending ? t(BUSY[what]) : words}
    </Button>
  );
  return (
    <div className={page["card"]}>
      <Stack gap="md">
        <Text className={classes["text"]}>
          <Trans>
            Your calendar program can show your appointments with us and keep them up to date. It needs an address of
            your own for that.
          </Trans>{" "}
          {role === "doctor" && t`It shows when you see somebody, and the reference; never who it is.`}
        </Text>
        {isSuccess && doing !== "remove" && fresh && <NewAddress url={fresh.url} />}
        {isSuccess && doing === "remove" && (
          <Notice tone="info" title={t`The address is removed`} focus>
            <Trans>
              Calendar programs that use it get nothing any more. What they have copied may stay there for a while.
            </Trans>
          </Notice>
        )}
        {since === null && <div>{button("make", t`Create an address`)}</div>}
        {since !== null && (
          <>
            {!fresh && (
              <Text className={classes["text"]}>
                <Trans>
                  You have had an address since {made}. It was shown once, when it was made; if you no longer have it,
                  replace it.
                </Trans>
              </Text>
            )}
            {asking === null && (
              <Group gap="sm">
                <Button variant="outline" onClick={() => setAsking("replace")}>
                  <Trans>Replace it</Trans>
                </Button>
                <Button variant="subtle" color="var(--danger)" onClick={() => setAsking("remove")}>
                  <Trans>Remove it</Trans>
                </Button>
              </Group>
            )}
            {asking !== null && (
              <Notice tone="warn" title={asking === "replace" ? t`Replace the address?` : t`Remove the address?`} focus>
                <Stack gap="sm">
                  <span>
                    <Trans>Calendar programs that use the present one stop getting your appointments at once.</Trans>
                  </span>
                  <Group gap="sm">
                    {asking === "replace" ? button("replace", t`Replace it now`) : button("remove", t`Remove it now`)}
                    <Button variant="outline" onClick={() => setAsking(null)}>
                      <Trans>Keep it</Trans>
                    </Button>
                  </Group>
                </Stack>
              </Notice>
            )}
          </>
        )}
        <WaitingNotice waiting={waiting} warning={t`You need not press again.`} />
        {error && !isProblem(error, "unauthenticated") && <ProblemNotice error={error} focus />}
      </Stack>
    </div>
  );
}

/** Makes, replaces or removes the address. Only this page keeps a new address, while it is open. */
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
