import { Trans, useLingui } from "@lingui/react/macro";
import { Group, Stack, Text } from "@mantine/core";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { dateOf, dayOf, fullDayOf, shortDayOf } from "#kit/time/format.ts";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import page from "#kit/ui/Page.module.css";
import { Phone } from "#kit/ui/Phone.tsx";
import type { Day } from "./availability.ts";
import { emptySpans } from "./empty-day.ts";
import classes from "./NoTimes.module.css";
import { type TimesSearch, isFiltered } from "#kit/appointments/times-search.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface NoTimesProps {
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  today: string;
  /** The days without times that were looked at. */
  days: Day[];
  next: Slot | null | undefined;
}

/** Shown instead of empty days: why there are no times, the next free time, and the next steps. */
export function NoTimes({ config, doctors, search, today, days, next }: NoTimesProps) {
  const { t } = useLingui();
  // The patient has booked or changed as much as they can online.
  const limited = days.some(({ reason }) => reason === "limit");
  const filtered = isFiltered(search);
  const narrowed = !limited && (search.doctor !== undefined || search.specialty !== undefined);
  const who =
    doctors.find(({ id }) => id === search.doctor)?.name ??
    (search.specialty ? specialtyWords(search.specialty) : t`The clinic`);
  const date = next ? dateOf(next.startsAt, placeOf(config, next.locationId).zone) : undefined;
  const [day, shortDay] = date === undefined ? ["", ""] : [dayOf(date), shortDayOf(date)];
  const later = search.from !== undefined && search.from > today ? fullDayOf(search.from) : undefined;
  const title = limited
    ? t`You have booked and changed as often as possible online`
    : date !== undefined
      ? filtered
        ? t`${who} has no times of this kind before ${day}.`
        : t`${who} has no times before ${day}.`
      : later !== undefined
        ? t`${who} has no times to book online from ${later} on.`
        : filtered
          ? t`${who} has no times of this kind to book online.`
          : t`${who} has no times to book online.`;
  return (
    <div className={page["card"]}>
      <Stack gap="md">
        <Text fw={700} fz="lg">
          {title}
        </Text>
        {!limited && (date !== undefined || later !== undefined) && (
          <ul className={classes["why"]}>
            {emptySpans(days, today, search, doctors).map(({ key, days: span, words }) => (
              <li key={key}>
                {span}: {words}
              </li>
            ))}
          </ul>
        )}
        {date === undefined && later === undefined && (
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
          {later !== undefined && date === undefined && (
            <LinkButton to="/" search={{ ...search, from: undefined }}>
              <Trans>See the earliest times</Trans>
            </LinkButton>
          )}
          {filtered && !limited && (
            <LinkButton
              to="/"
              search={{ ...search, place: undefined, part: undefined, weekday: undefined }}
              variant="outline"
            >
              <Trans>See any place and time</Trans>
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
