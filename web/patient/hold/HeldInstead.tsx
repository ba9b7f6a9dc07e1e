import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Hold } from "#contract/answers/holds.ts";
import type { Slot } from "#contract/answers/clinic.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";
import { doctorOf, startOf, whenOf } from "#kit/appointments/words.ts";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import page from "#kit/ui/Page.module.css";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { TextLink } from "#kit/ui/TextLink.tsx";

export interface HeldInsteadProps {
  /** The patient's later hold. */
  instead: Hold;
  /** The slot of this page; may be empty. */
  slotId: string;
  /** The slot as it was held here, if it is known. */
  slot: Slot | undefined;
  back: TimesSearch;
}

/** The patient holds another time on another screen, which ended this hold: what happened, and both ways on. */
export function HeldInstead({ instead, slotId, slot, back }: HeldInsteadProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const navigate = useNavigate();
  if (!config) return null;
  const title = t`You are holding another time now`;
  const when = whenOf(instead.slot, config);
  const doctor = doctorOf(instead.slot, doctors?.items);
  const which = doctor === undefined ? when : t`${when} with ${doctor}`;
  const time = slot && startOf(slot, config);
  return (
    <Stack gap="lg" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle={title} urgent>
        {title}
      </PageTitle>
      <Text fz="lg">
        <Trans>On another screen you chose {which}. You can hold one time, so this one is free again.</Trans>{" "}
        {back.change === undefined ? t`Nothing has been booked yet.` : t`Your appointment has not been changed yet.`}
      </Text>
      <Group>
        <LinkButton
          to="/hold/$holdId"
          params={{ holdId: instead.id }}
          search={{ ...back, slot: instead.slot.id }}
          replace
          size="lg"
        >
          <Trans>Go to the other time</Trans>
        </LinkButton>
        {slotId !== "" && (
          <Button
            size="lg"
            variant="outline"
            onClick={() => void navigate({ to: "/hold/new", search: { ...back, slot: slotId }, replace: true })}
          >
            {time === undefined ? t`Hold this time instead` : t`Hold ${time} instead`}
          </Button>
        )}
      </Group>
      <div>
        <TextLink to="/" search={back}>
          <Trans>See all times</Trans>
        </TextLink>
      </div>
    </Stack>
  );
}
