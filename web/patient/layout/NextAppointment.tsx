import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { dateOf, dayOf, timeOf } from "#kit/time/format.ts";
import { appointmentsQuery } from "../appointments/queries.ts";
import { placeOf } from "../place.ts";
import classes from "./Layout.module.css";
import { TextLink } from "./TextLink.tsx";

const EXPECTED = "expects-next";

/** A line above the first page: when one is expected next. Before the heading, so that skipping to times skips it. */
export function NextAppointment() {
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  const { data } = useQuery({ ...appointmentsQuery("upcoming", 5), enabled: session?.role === "patient" });
  const [expected] = useState(() => sessionStorage.getItem(EXPECTED) !== null);
  const next = data?.items.find(({ status }) => status === "booked" || status === "moved" || status === "arrived");
  // Its place is kept from the first paint on for whoever had one here before; nothing about it is stored.
  const known = session === null || data !== undefined;
  useEffect(() => {
    if (known && next) sessionStorage.setItem(EXPECTED, "yes");
    else if (known) sessionStorage.removeItem(EXPECTED);
  }, [known, next]);
  if (!known && expected)
    return (
      <div className={classes["next"]}>
        <p className={classes["nextLine"]} />
      </div>
    );
  if (!config || !session || !next) return null;
  const { zone } = placeOf(config, next.locationId);
  const doctor = doctors?.items.find(({ id }) => id === next.doctorId)?.name;
  return (
    <aside className={classes["next"]} aria-label="Your next appointment">
      <p className={classes["nextLine"]}>
        <span>Your next appointment</span>
        <TextLink to="/appointments/$appointmentId" params={{ appointmentId: next.id }} fw={600}>
          {dayOf(dateOf(next.startsAt, zone))}, {timeOf(next.startsAt, zone)}
          {doctor === undefined ? "" : `, ${doctor}`}
        </TextLink>
      </p>
    </aside>
  );
}
