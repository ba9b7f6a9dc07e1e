import { Trans, useLingui } from "@lingui/react/macro";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { asWritten } from "#kit/time/format.ts";
import { useMove } from "./moveStore.ts";
import type { Pins } from "./pins.ts";
import classes from "./screen.module.css";

export interface PinboardProps {
  pins: Pins;
  /** The IANA zone of a location. */
  zone: (locationId: string) => string;
  onPickUp: (appointment: BoardAppointment) => void;
}

/** The parked appointments, to be dropped on any day. It opens as well while one is dragged, to take it. */
export function Pinboard({ pins, zone, onPickUp }: PinboardProps) {
  const { t } = useLingui();
  const move = useMove();
  const dragging = move?.by === "pointer";
  if (pins.items.length === 0 && !dragging) return null;
  return (
    <section aria-label={t`Pinboard`} className={classes["pinboard"]} data-pinboard data-open={dragging || undefined}>
      <h2>
        <Trans>Pinboard</Trans>
      </h2>
      {pins.items.length === 0 && (
        <p>
          <Trans>Let go here to park it. It keeps its time until you drop it elsewhere.</Trans>
        </p>
      )}
      <ul>
        {pins.items.map((one) => (
          <li key={one.id} data-movable data-pin={one.id}>
            <strong>{one.patientName}</strong> <span>{asWritten(one.startsAt, [zone(one.locationId)])}</span>
            <button type="button" onClick={() => onPickUp(one)}>
              <Trans>Place</Trans>
            </button>
            <button
              type="button"
              aria-label={t`Take ${one.patientName} off the pinboard`}
              onClick={() => pins.unpin(one.id)}
            >
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
