import { useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Appointments } from "#contract/answers/appointments.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { query, send } from "#kit/api/request.ts";
import { doctorOf, startOf } from "#kit/appointments/words.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf, fullDayOf } from "#kit/time/format.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import type * as z from "zod/v4";

/** The appointments of one day, in the order of their times. */
export function BoardScreen() {
  const { t } = useLingui();
  const { date } = useSearch({ from: "/" });
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const zone = config?.clinic.timeZone ?? "UTC";
  const day = date ?? dateOf(serverNow(), zone);
  const { data, error, refetch } = useQuery({
    queryKey: ["appointments", "day", day],
    queryFn: async ({ signal }) => {
      const path = `/appointments${query({ from: day, to: day, limit: 200 })}`;
      return (await send<z.infer<typeof Appointments>>(path, { signal })).data.items;
    },
    enabled: config !== undefined,
  });
  return (
    <div style={{ padding: "16px" }}>
      <PageTitle documentTitle={t`Day board`}>{fullDayOf(day)}</PageTitle>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={320} radius="lg" />}
      <ul>
        {data?.map((one) => (
          <li key={one.id}>
            {config && startOf(one, config)} {one.patientName}, {doctorOf(one, doctors?.items)}
          </li>
        ))}
      </ul>
    </div>
  );
}
