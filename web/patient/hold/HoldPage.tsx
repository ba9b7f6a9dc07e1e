import { Skeleton, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { isProblem } from "#kit/api/problem.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LinkButton } from "../layout/LinkButton.tsx";
import { TextLink } from "../layout/TextLink.tsx";
import { CheckAndConfirm } from "./CheckAndConfirm.tsx";
import { HoldAnnouncer } from "./HoldAnnouncer.tsx";
import { LoggedOut } from "./LoggedOut.tsx";
import { LostTime } from "./LostTime.tsx";
import { releaseOnDeparture } from "./release.ts";
import { useBookedElsewhere } from "./useBookedElsewhere.ts";
import { useConfirm } from "./useConfirm.ts";
import { useHold } from "./useHold.ts";

const route = getRouteApi("/hold/$holdId");

/** A held time: check it, keep it longer, confirm it, or learn that it is gone. Survives a reload. */
export function HoldPage() {
  const { holdId } = route.useParams();
  const { slot: slotId } = route.useSearch();
  const { hold, msLeft, error, askAgain, extend } = useHold(holdId);
  const { confirm, waiting } = useConfirm(holdId);
  useEffect(() => releaseOnDeparture(holdId), [holdId]);

  // The newest word counts: what confirming said, else extending, else reading.
  const ended = [confirm.error, extend.error, error].find((one) => isProblem(one, "hold-expired", "slot-taken"));
  const lost = isProblem(ended) ? ended : undefined;
  const checking = useBookedElsewhere(lost, slotId);
  const failed = [confirm.error, extend.error, hold ? null : error].find((one) => one !== null && one !== lost);

  return (
    <>
      <HoldAnnouncer msLeft={lost ? 0 : msLeft} extensionsLeft={hold?.extensionsLeft} />
      {lost && !checking && <LostTime problem={lost} slotId={slotId} slot={hold?.slot} />}
      {!(lost && !checking) && (
        <Stack gap="lg">
          <div>
            <TextLink to="/">Choose another time</TextLink>
          </div>
          <PageTitle documentTitle="Check and confirm">Check and confirm</PageTitle>
          {failed && isProblem(failed, "unauthenticated") && <LoggedOut returnTo={`/hold/${holdId}?slot=${slotId}`} />}
          {failed && !isProblem(failed, "unauthenticated") && (
            <ProblemNotice error={failed} focus {...(hold ? {} : { retry: askAgain })}>
              {isProblem(failed, "overlaps-own-appointment") && (
                <TextLink
                  to="/appointments/$appointmentId"
                  params={{ appointmentId: failed.text("appointmentId") ?? "" }}
                >
                  See the appointment you have
                </TextLink>
              )}
              {!hold && <LinkButton to="/">Find a time</LinkButton>}
            </ProblemNotice>
          )}
          {!hold && !failed && <Skeleton height={420} radius={16} />}
          {hold && (
            <CheckAndConfirm
              hold={hold}
              msLeft={msLeft ?? 0}
              waiting={waiting}
              confirming={confirm.isPending}
              onConfirm={(reason) => confirm.mutate(reason)}
              extending={extend.isPending}
              onExtend={() => extend.mutate()}
            />
          )}
        </Stack>
      )}
    </>
  );
}
