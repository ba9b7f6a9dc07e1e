import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Clinic, ClinicLocation } from "#contract/answers/places.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { ClinicFrame } from "../ClinicFrame.tsx";
import { clinicQuery, locationsQuery, useAdministrator } from "../queries.ts";
import { ClinicDialog } from "./ClinicDialog.tsx";
import { LocationDialog } from "./LocationDialog.tsx";
import { countryName } from "./country.ts";

/** The clinic itself and its locations. Administrators change them. */
export function ClinicScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const administrator = useAdministrator();
  const clinic = useQuery(clinicQuery);
  const locations = useQuery(locationsQuery);
  const [open, setOpen] = useState<"clinic" | "new" | ClinicLocation | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const error = clinic.error ?? locations.error;
  const close = (words: string) => {
    setOpen(null);
    setDone(words);
    void queryClient.invalidateQueries({ queryKey: locationsQuery.queryKey });
  };
  return (
    <ClinicFrame title={t`Clinic and locations`}>
      {done !== null && <Notice tone="info" title={done} focus />}
      {error !== null && <ProblemNotice error={error} retry={() => void clinic.refetch()} />}
      {clinic.data === undefined && error === null && <Skeleton height={160} radius="md" />}
      {clinic.data && (
        <section className={page["card"]} aria-label={t`The clinic`}>
          <ClinicFacts clinic={clinic.data.value} />
          {administrator && (
            <div style={{ marginTop: 12 }}>
              <button type="button" className={classes["small"]} onClick={() => setOpen("clinic")}>
                <Trans>Change the clinic…</Trans>
              </button>
            </div>
          )}
        </section>
      )}
      {locations.data && (
        <section className={classes["form"]} aria-label={t`Locations`}>
          <div className={classes["spread"]}>
            <h2>
              <Trans>Locations</Trans>
            </h2>
            {administrator && (
              <button type="button" className={classes["small"]} onClick={() => setOpen("new")}>
                <Trans>Add a location</Trans>
              </button>
            )}
          </div>
          <ul className={classes["list"]}>
            {locations.data.map((one) => (
              <LocationLine key={one.id} location={one} onChange={administrator ? () => setOpen(one) : undefined} />
            ))}
          </ul>
        </section>
      )}
      {open === "clinic" && clinic.data && (
        <ClinicDialog
          clinic={clinic.data}
          onClose={() => setOpen(null)}
          onDone={() => close(t`The clinic is changed`)}
        />
      )}
      {open !== null && open !== "clinic" && (
        <LocationDialog
          location={open === "new" ? null : open}
          onClose={() => setOpen(null)}
          onDone={({ name }) => close(open === "new" ? t`${name} is added` : t`${name} is changed`)}
        />
      )}
    </ClinicFrame>
  );
}

function ClinicFacts({ clinic }: { clinic: Clinic }) {
  const { t } = useLingui();
  return (
    <Facts
      rows={[
        [t`Name`, clinic.name],
        [t`Phone`, clinic.phone],
        [t`Time zone`, clinic.timeZone],
      ]}
    />
  );
}

function LocationLine({ location, onChange }: { location: ClinicLocation; onChange: (() => void) | undefined }) {
  const { name, address, timeZone, country, region } = location;
  return (
    <li className={classes["line"]}>
      <span>
        <strong>{name}</strong>
        <br />
        <span className={classes["soft"]}>
          {address} · {timeZone} · {countryName(country)}
          {region !== null && ` (${region})`}
        </span>
      </span>
      {onChange && (
        <button type="button" className={classes["small"]} onClick={onChange}>
          <Trans>Change {name}…</Trans>
        </button>
      )}
    </li>
  );
}
