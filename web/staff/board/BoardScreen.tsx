import { useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import type { CalendarTaskProps } from "#kit/calendar/task.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { LiveBoard } from "./LiveBoard.tsx";
import classes from "./screen.module.css";
import "#kit/board/tokens.css";

/** The day board, once the clinic, its doctors and the user are known. */
export function BoardScreen({ CalendarDialog }: { CalendarDialog: ComponentType<CalendarTaskProps> }) {
  const { t } = useLingui();
  const { data: config, error: configError } = useQuery(configQuery);
  const { data: doctors, error: doctorsError } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  const error = configError ?? doctorsError;
  if (config && doctors && session) {
    return <LiveBoard config={config} doctors={doctors.items} session={session} CalendarDialog={CalendarDialog} />;
  }
  return (
    <div className={classes["screen"]}>
      <div className={classes["toolbar"]}>
        <PageTitle documentTitle={t`Day board`}>{t`Day board`}</PageTitle>
      </div>
      {error ? <ProblemNotice error={error} /> : <Skeleton height={420} radius={0} />}
    </div>
  );
}
