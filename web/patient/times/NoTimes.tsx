import { Group, Stack, Text } from "@mantine/core";
import type { Config, Doctor, Slot } from "#contract/clinic.ts";
import { dateOf, dayOf, shortDayOf } from "#kit/time/format.ts";
import page from "#kit/ui/Page.module.css";
import { LinkButton } from "../layout/LinkButton.tsx";
import { placeOf } from "../place.ts";
import type { TimesSearch } from "./search.ts";

export interface NoTimesProps {
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  next: Slot | null | undefined;
}

/** Instead of a list of empty days: when the next free time is, and the ways on. */
export function NoTimes({ config, doctors, search, next }: NoTimesProps) {
  const who = doctors.find(({ id }) => id === search.doctor)?.name ?? search.specialty;
  const narrowed = search.doctor !== undefined || search.specialty !== undefined;
  const date = next ? dateOf(next.startsAt, placeOf(config, next.locationId).zone) : undefined;
  return (
    <div className={page["card"]}>
      <Stack gap="md">
        <Text fw={700} fz="lg">
          {who ?? "The clinic"} has no times {date === undefined ? "to book online" : `before ${dayOf(date)}`}.
        </Text>
        {date === undefined && <Text>Call {config.clinic.phone} and we will help you find one.</Text>}
        <Group>
          {date !== undefined && (
            <LinkButton to="/" search={{ ...search, from: date }}>
              See {shortDayOf(date)}
            </LinkButton>
          )}
          {narrowed && (
            <LinkButton to="/" search={{ change: search.change }} variant="outline">
              See any doctor
            </LinkButton>
          )}
        </Group>
      </Stack>
    </div>
  );
}
