import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { isProblem } from "#kit/api/problem.ts";
import { query } from "#kit/api/request.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { appointmentQuery } from "../appointments/queries.ts";
import { TextLink } from "../layout/TextLink.tsx";
import { CheckAndConfirm } from "./CheckAndConfirm.tsx";
import { CheckChange } from "./CheckChange.tsx";
import { HoldAnnouncer } from "./HoldAnnouncer.tsx";
import { HoldProblem } from "./HoldProblem.tsx";
import { LoggedOut } from "./LoggedOut.tsx";
import { LostTime } from "./LostTime.tsx";
import { releaseOnDeparture } from "./release.ts";
import { useBookedElsewhere } from "./useBookedElsewhere.ts";
import { useConfirm } from "./useConfirm.ts";
import { useHold } from "./useHold.ts";
import { useMove } from "./useMove.ts";

const route = getRouteApi("/hold/$holdId");

/**
 * A held time: check it, keep it longer, confirm it, or learn that it is gone. Survives a reload. Confirming books, or
 * gives the time to the appointment that the address names.
 */
export function HoldPage() {
  const { t } = useLingui();
  const { holdId } = route.useParams();
  const { slot: slotId, change } = route.useSearch();
  const { hold, msLeft, error, askAgain, extend } = useHold(holdId);
  const booking = useConfirm(holdId);
  const moving = useMove(holdId, change);
  const old = useQuery({ ...appointmentQuery(change ?? ""), enabled: change !== undefined });
  useEffect(() => releaseOnDeparture(holdId), [holdId]);

  const { error: confirmError, isPending: confirming, waiting } = change === undefined ? booking : moving;
  const readError = (hold ? null : error) ?? (old.data ? null : old.error);
  // The newest word counts: what confirming said, else extending, else reading.
  const ended = [confirmError, extend.error, error].find((one) => isProblem(one, "hold-expired", "slot-taken"));
  const lost = isProblem(ended) ? ended : undefined;
  const checking = useBookedElsewhere(lost, slotId, change === undefined ? "booked" : "changed");
  const failed = [confirmError, extend.error, readError].find((one) => one !== null && one !== lost);
  const held = {
    msLeft: msLeft ?? 0,
    waiting,
    confirming,
    extending: extend.isPending,
    onExtend: () => extend.mutate(),
  };
  const title = change === undefined ? t`Check and confirm` : t`Check and confirm the change`;

  return (
    <>
      <HoldAnnouncer msLeft={lost ? 0 : msLeft} extensionsLeft={hold?.extensionsLeft} />
      {lost && !checking && <LostTime problem={lost} slotId={slotId} slot={hold?.slot} change={change} />}
      {!(lost && !checking) && (
        <Stack gap="lg">
          <div>
            <TextLink to="/" search={{ change }}>
              <Trans>Choose another time</Trans>
            </TextLink>
          </div>
          <PageTitle documentTitle={title}>{title}</PageTitle>
          {failed && isProblem(failed, "unauthenticated") && (
            <LoggedOut returnTo={`/hold/${holdId}${query({ slot: slotId, change })}`} />
          )}
          {failed && !isProblem(failed, "unauthenticated") && (
            <HoldProblem
              error={failed}
              change={change}
              {...(readError ? { retry: () => (hold ? void old.refetch() : askAgain()) } : {})}
            />
          )}
          {!failed && (!hold || (change !== undefined && !old.data)) && <Skeleton height={420} radius={16} />}
          {hold && change === undefined && <CheckAndConfirm held={{ ...held, hold }} onConfirm={booking.confirm} />}
          {hold && change !== undefined && old.data && (
            <CheckChange
              held={{ ...held, hold }}
              old={old.data.appointment}
              onConfirm={() => moving.move(old.data.etag)}
            />
          )}
        </Stack>
      )}
    </>
  );
}
