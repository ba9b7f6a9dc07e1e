import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { actFor, useActingFor } from "#kit/acting/acting.ts";
import classes from "#kit/ui/Screen.module.css";
import { patientQuery } from "./queries.ts";
import { identityOf } from "./words.ts";

/** On every screen: the patient that staff act for, with links to the record and out of it. */
export function ActingBanner() {
  const { t } = useLingui();
  const id = useActingFor();
  const { data: patient } = useQuery({ ...patientQuery(id ?? ""), enabled: id !== null });
  if (id === null) return null;
  return (
    <section className={`${classes["acting"]} no-print`} aria-label={t`Acting for`}>
      <span>
        <Trans>Acting for</Trans> <strong>{patient?.name ?? "…"}</strong>{" "}
        {patient && <span className={classes["soft"]}>{identityOf(patient)}</span>}
      </span>
      <span className={classes["row"]}>
        <Link to="/openings" className={classes["small"] ?? ""}>
          <Trans context="link">Next openings</Trans>
        </Link>
        <Link to="/patients/$patientId" params={{ patientId: id }} className={classes["small"] ?? ""}>
          <Trans>Record</Trans>
        </Link>
        <button type="button" className={classes["small"]} onClick={() => actFor(null)}>
          <Trans>Stop</Trans>
        </button>
      </span>
    </section>
  );
}
