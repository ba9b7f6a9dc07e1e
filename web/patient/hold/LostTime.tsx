import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Slot } from "#contract/answers/clinic.ts";
import type { Problem } from "#kit/api/problem.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import type { TimesSearch } from "#kit/appointments/times-search.ts";
import { startOf } from "#kit/appointments/words.ts";
import classes from "./LostTime.module.css";
import { SlotButton } from "#kit/appointments/SlotButton.tsx";

export interface LostTimeProps {
  /** `slot-taken`, or `hold-expired` with `slotFree`. */
  problem: Problem;
  /** The slot in the address; may be empty. */
  slotId: string;
  /** The held slot, if it is known. */
  slot?: Slot | undefined;
  /** The search of the times that the patient came from; its `change` is the appointment to move. */
  back: TimesSearch;
}

/** Shown instead of the form: the time is taken, or free but no longer held. Offers the next steps. */
export function LostTime({ problem, slotId, slot, back }: LostTimeProps) {
  const { change } = back;
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const navigate = useNavigate();
  const expired = problem.code === "hold-expired";
  const free = problem.details["slotFree"] === true;
  // A released hold has no slot any more: only holding it again shows whether it is free.
  const unknown = expired && !free && problem.text("slotId") === undefined;
  const again = free || unknown ? (problem.text("slotId") ?? slotId) : "";
  const time = slot && config ? startOf(slot, config) : undefined;
  const stopped = time === undefined ? t`We stopped holding that time` : t`We stopped holding ${time}`;
  const title = expired ? stopped : t`That time has just been taken`;
  const hold = (id: string) => void navigate({ to: "/hold/new", search: { ...back, slot: id }, replace: true });

  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={title} urgent>
        {title}
      </PageTitle>
      {again !== "" && (
        <>
          <Text fz="lg">
            {free ? t`It is still free.` : t`It may still be free.`}{" "}
            {change === undefined ? t`Nothing has been booked yet.` : t`Your appointment has not been changed yet.`}
          </Text>
          <div>
            <Button size="lg" onClick={() => hold(again)}>
              <Trans>Hold it again</Trans>
            </Button>
          </div>
        </>
      )}
      {again === "" && (
        <Text fz="lg">
          {expired && !unknown ? t`Somebody else has it now.` : ""}{" "}
          {change === undefined
            ? t`Nothing has been booked. Choose another time.`
            : t`Your appointment has not been changed. Choose another time.`}
        </Text>
      )}
      {again === "" && config && doctors && problem.alternatives.length > 0 && (
        <section aria-labelledby="nearest">
          <h2 id="nearest" className={classes["heading"]}>
            <Trans>The nearest free times</Trans>
          </h2>
          <div className={classes["alternatives"]}>
            {problem.alternatives.map((one) => (
              <SlotButton
                key={one.id}
                slot={one}
                config={config}
                doctors={doctors.items}
                onChoose={({ id }) => hold(id)}
                withDay
              />
            ))}
          </div>
        </section>
      )}
      <div>
        <LinkButton to="/" search={back} variant="outline">
          <Trans>See all times</Trans>
        </LinkButton>
      </div>
    </Stack>
  );
}
