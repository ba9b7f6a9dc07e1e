import { Trans, useLingui } from "@lingui/react/macro";
import { Group, Stack, Text } from "@mantine/core";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { dateOf, dayOf, shortDayOf } from "#kit/time/format.ts";
import page from "#kit/ui/Page.module.css";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { Phone } from "#kit/ui/Phone.tsx";
import { placeOf } from "#kit/appointments/place.ts";
import type { TimesSearch } from "./search.ts";

export interface NoTimesProps {
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  next: Slot | null | undefined;
  /** The patient has booked or changed as much as they can online. */
  limited: boolean;
}

/** Shown instead of empty days: the next free time, and the next steps. */
export function NoTimes({ config, doctors, search, next, limited }: NoTimesProps) {
  const { t } = useLingui();
  const who = doctors.find(({ id }) => id === search.doctor)?.name ?? search.specialty ?? t`The clinic`;
  const narrowed = !limited && (search.doctor !== undefined || search.specialty !== undefined);
  const date = next ? dateOf(next.startsAt, placeOf(config, next.locationId).zone) : undefined;
  const [day, shortDay] = date === undefined ? ["", ""] : [dayOf(date), shortDayOf(date)];
  return (
    <div className={page["card"]}>
      <Stack gap="md">
        <Text fw={700} fz="lg">
          {limited
            ? t`You have booked and changed as often as possible online`
            : date === undefined
              ? t`${who} has no times to book online.`
              : t`${who} has no times before ${day}.`}
        </Text>
        {date === undefined && (
          <Text>
            <Trans>
              Call <Phone config={config} /> and we will help you find one.
            </Trans>
          </Text>
        )}
        <Group>
          {date !== undefined && (
            <LinkButton to="/" search={{ ...search, from: date }}>
              <Trans>See {shortDay}</Trans>
            </LinkButton>
          )}
          {narrowed && (
            <LinkButton to="/" search={{ change: search.change }} variant="outline">
              <Trans>See any doctor</Trans>
            </LinkButton>
          )}
        </Group>
      </Stack>
    </div>
  );
}
