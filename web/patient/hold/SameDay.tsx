import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { Config, Slot } from "#contract/answers/clinic.ts";
import { doctorsQuery } from "#kit/api/queries.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { appointmentsQuery } from "#kit/appointments/queries.ts";
import { doctorOf, startOf } from "#kit/appointments/words.ts";
import { dateOf } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";

const LIVE: readonly string[] = ["booked", "moved", "arrived"];

/** Before a new booking: the patient's other appointment on the same day, if there is one. */
export function SameDay({ slot, config }: { slot: Slot; config: Config }) {
  const { t } = useLingui();
  const { data: doctors } = useQuery(doctorsQuery);
  const { data } = useQuery(appointmentsQuery("upcoming", 50));
  const dayOf = (one: Pick<Slot, "startsAt" | "locationId">) =>
    dateOf(one.startsAt, placeOf(config, one.locationId).zone);
  const other = data?.items.find((one) => LIVE.includes(one.status) && dayOf(one) === dayOf(slot));
  if (!other) return null;
  const time = startOf(other, config);
  const doctor = doctorOf(other, doctors?.items);
  const which = doctor === undefined ? time : t`${time} with ${doctor}`;
  return (
    <Notice tone="info" title={t`You already have an appointment on this day`} live>
      <Trans>It is at {which}. You can book this time as well.</Trans>
    </Notice>
  );
}
