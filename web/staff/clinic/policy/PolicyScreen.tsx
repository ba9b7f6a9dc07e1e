import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Policy } from "#contract/answers/policy.ts";
import type { PolicyName } from "#domain/policy.ts";
import { configQuery } from "#kit/api/queries.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import own from "../Clinic.module.css";
import { ClinicFrame } from "../ClinicFrame.tsx";
import { policyQuery, useAdministrator } from "../queries.ts";
import { PolicyForm } from "./PolicyForm.tsx";
import { boundsWords, settingGroups, valueWords } from "./words.ts";

/** Every setting of the clinic. Administrators change them; the rest of the staff read them. */
export function PolicyScreen() {
  const { t } = useLingui();
  const administrator = useAdministrator();
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch } = useQuery(policyQuery);
  return (
    <ClinicFrame title={t`Settings`}>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {(data === undefined || administrator === undefined) && error === null && <Skeleton height={480} radius="md" />}
      {data && administrator !== undefined && config && (
        <>
          <LastChange policy={data.value} zones={zonesOf(config)} />
          {administrator ? <PolicyForm policy={data} zones={zonesOf(config)} /> : <ReadOnly policy={data.value} />}
        </>
      )}
    </ClinicFrame>
  );
}

function LastChange({ policy, zones }: { policy: Policy; zones: readonly string[] }) {
  const [by, at] = [policy.changedBy, asWritten(policy.changedAt, zones)];
  if (by === null) return null;
  return (
    <p className={own["about"]}>
      <Trans>
        Last changed by {by}, {at}.
      </Trans>
    </p>
  );
}

function ReadOnly({ policy }: { policy: Policy }) {
  return (
    <>
      <p className={own["about"]}>
        <Trans>Only administrators can change these.</Trans>
      </p>
      {settingGroups().map(({ title, settings }) => (
        <section key={title} aria-label={title} className={classes["form"]}>
          <h2>{title}</h2>
          <dl className={own["settings"]}>
            {Object.entries(settings).map(([name, { label, text }]) => (
              <div key={name}>
                <dt>{label}</dt>
                <dd>
                  <strong>{valueWords(name as PolicyName, policy[name as PolicyName])}</strong>
                  <span className={own["about"]}>
                    {text} {boundsWords(name as PolicyName)}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
