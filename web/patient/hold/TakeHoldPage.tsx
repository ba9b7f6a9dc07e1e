import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Hold } from "#contract/answers/holds.ts";
import type { CreateHold } from "#contract/requests/holds.ts";
import { isProblem } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { useLogin } from "#kit/session/useLogin.ts";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { timesOf } from "./address.ts";
import { LostTime } from "./LostTime.tsx";
import { holdQuery, timed } from "./queries.ts";

const route = getRouteApi("/hold/new");

/** Holds a slot and continues to its confirmation. It has an address, so that a login can come back to it. */
export function TakeHoldPage() {
  const search = route.useSearch();
  // Another slot is a new attempt, without any state of the first one.
  return <TakeHold key={search.slot} slotId={search.slot} back={timesOf(search)} />;
}

function TakeHold({ slotId, back }: { slotId: string; back: TimesSearch }) {
  const { change } = back;
  const { t } = useLingui();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const login = useLogin();
  const here = useRouterState({ select: ({ location }) => location.href });
  const begun = useRef(false);
  const [waiting, setWaiting] = useState<Waiting>(null);
  const { mutate, error } = useMutation({
    mutationFn: async () => {
      const body: CreateHold = { slotId, ...(change === undefined ? {} : { appointmentId: change }) };
      return timed(await send<Hold>("/holds", { method: "POST", body, onWaiting: setWaiting }));
    },
    onSuccess: async (held) => {
      queryClient.setQueryData(holdQuery(held.hold.id).queryKey, held);
      const { id, slot } = held.hold;
      const search = { ...back, slot: slot.id };
      await navigate({ to: "/hold/$holdId", params: { holdId: id }, search, replace: true });
    },
  });
  const take = useCallback(() => mutate(), [mutate]);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    take();
  }, [take]);

  if (isProblem(error, "slot-taken")) return <LostTime problem={error} slotId={slotId} back={back} />;
  const loggedOut = isProblem(error, "unauthenticated");
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={t`Holding this time`}>
        {error === null ? t`Holding this time for you…` : loggedOut ? t`Log in to book this time` : t`Not held`}
      </PageTitle>
      {waiting === "offline" && (
        <Notice tone="warn" title={t`You are offline`} live>
          <Trans>We will hold this time when you are back, if it is still free.</Trans>
        </Notice>
      )}
      {error === null && <Skeleton height={280} radius={16} />}
      {loggedOut && (
        <Button size="lg" onClick={() => void login.start(here)}>
          <Trans>Log in</Trans>
        </Button>
      )}
      {login.error !== null && <ProblemNotice error={login.error} focus />}
      {error !== null && !loggedOut && (
        <ProblemNotice error={error} retry={take} focus>
          <LinkButton to="/" search={back}>
            <Trans>Choose another time</Trans>
          </LinkButton>
        </ProblemNotice>
      )}
    </Stack>
  );
}
