import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { query } from "#kit/api/request.ts";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";
import { timesOf } from "./address.ts";
import { CheckAndConfirm } from "./CheckAndConfirm.tsx";
import { CheckChange } from "./CheckChange.tsx";
import { HeldInstead } from "./HeldInstead.tsx";
import { HoldAnnouncer } from "./HoldAnnouncer.tsx";
import { HoldProblem } from "./HoldProblem.tsx";
import { LostTime } from "./LostTime.tsx";
import { releaseOnDeparture } from "./release.ts";
import { useBookedElsewhere } from "./useBookedElsewhere.ts";
import { useConfirm } from "./useConfirm.ts";
import { useHold } from "./useHold.ts";
import { useMove } from "./useMove.ts";
import { endOf, holdViewOf } from "./view.ts";

const route = getRouteApi("/hold/$holdId");

/**
 * A held time: the patient checks it, extends the hold, confirms it, or learns that it is over. Survives a reload.
 * Confirming books a new appointment, or moves the appointment in the address.
 */
export function HoldPage() {
  const { holdId } = route.useParams();
  // Another hold begins without the failures of the one before.
  return <OneHold key={holdId} holdId={holdId} />;
}

function OneHold({ holdId }: { holdId: string }) {
  const { t } = useLingui();
  const search = route.useSearch();
  const { slot: slotId, change } = search;
  const back = timesOf(search);
  const { hold, msLeft, error: readingHold, askAgain, extend } = useHold(holdId);
  const booking = useConfirm(holdId);
  const moving = useMove(holdId, change);
  const old = useQuery({ ...appointmentQuery(change ?? ""), enabled: change !== undefined });
  useEffect(() => releaseOnDeparture(holdId), [holdId]);

  const { error: confirming, isPending, waiting } = change === undefined ? booking : moving;
  const errors = { confirming, extending: extend.error, readingHold, readingOld: old.error };
  const checking = useBookedElsewhere(endOf(errors), slotId, change === undefined ? "booked" : "changed");
  const view = holdViewOf({ hold, old: change === undefined ? null : old.data, errors, checking });

  const announcer = <HoldAnnouncer msLeft={endOf(errors) ? 0 : msLeft} extensionsLeft={hold?.extensionsLeft} />;
  if (view.kind === "lost") {
    return (
      <>
        {announcer}
        {view.problem.heldInstead ? (
          <HeldInstead instead={view.problem.heldInstead} slotId={slotId} slot={hold?.slot} back={back} />
        ) : (
          <LostTime problem={view.problem} slotId={slotId} slot={hold?.slot} back={back} />
        )}
      </>
    );
  }
  const title = change === undefined ? t`Check and confirm` : t`Check and confirm the change`;
  const actions = {
    msLeft: msLeft ?? 0,
    waiting,
    confirming: isPending,
    extending: extend.isPending,
    onExtend: () => extend.mutate(),
  };
  const readAgain = () => (hold ? void old.refetch() : askAgain());
  return (
    <>
      {announcer}
      <Stack gap="lg">
        <div>
          <TextLink to="/" search={back}>
            <Trans>Choose another time</Trans>
          </TextLink>
        </div>
        <PageTitle documentTitle={title}>{title}</PageTitle>
        {view.kind !== "loading" && view.error !== null && (
          <HoldProblem
            error={view.error}
            back={back}
            returnTo={`/hold/${holdId}${query({ ...search })}`}
            {...(view.kind === "unread" ? { retry: readAgain } : {})}
          />
        )}
        {view.kind === "loading" && <Skeleton height={420} radius={16} />}
        {view.kind === "book" && <CheckAndConfirm held={{ ...actions, hold: view.hold }} onConfirm={booking.confirm} />}
        {view.kind === "change" && (
          <CheckChange
            held={{ ...actions, hold: view.hold }}
            old={view.old.appointment}
            onConfirm={() => moving.move(view.old.etag)}
          />
        )}
      </Stack>
    </>
  );
}
