import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Availability, Config, Doctor } from "#contract/answers/clinic.ts";
import { query, send } from "#kit/api/request.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { startOf, whenOf } from "#kit/appointments/words.ts";
import { addDays, dateOf, dayOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./screen.module.css";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface MoveDialogProps {
  appointment: BoardAppointment;
  doctors: readonly Doctor[];
  config: Config;
  today: string;
  onMove: (slotId: string) => void;
  onClose: () => void;
}

/** The move without the board: doctor, date, time. What a drag does, it does too. */
export function MoveDialog({ appointment, doctors, config, today, onMove, onClose }: MoveDialogProps) {
  const { t } = useLingui();
  const [doctorId, setDoctor] = useState(appointment.doctorId);
  const old = appointment.startsAt.slice(0, 10);
  const [date, setDate] = useState(old < today ? today : old);
  const [slotId, setSlot] = useState("");
  const { data, error, isFetching } = useQuery({
    queryKey: ["availability", "move", doctorId, date],
    queryFn: async ({ signal }) => {
      const path = `/availability${query({ doctorId, from: date, to: addDays(date, 6), limit: 100 })}`;
      return (await send<Availability>(path, { signal })).data;
    },
  });
  const days = data?.days.filter(({ slots }) => slots.length > 0) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (slotId !== "") onMove(slotId);
  };
  return (
    <Dialog title={t`Move ${appointment.patientName}`} onClose={onClose} wide>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text>
            <Trans>Now: {whenOf(appointment, config)}</Trans>
          </Text>
          <div className={classes["fields"]}>
            <label>
              {t({ message: "Doctor", context: "label before the name" })}
              <select value={doctorId} onChange={(event) => setDoctor(event.currentTarget.value)} data-autofocus>
                {doctors.map(({ id, name, specialty }) => (
                  <option key={id} value={id}>
                    {name}, {specialtyWords(specialty)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              <Trans>From the date</Trans>
              <input
                type="date"
                value={date}
                min={today}
                required
                onChange={(event) => event.currentTarget.value !== "" && setDate(event.currentTarget.value)}
              />
            </label>
          </div>
          {error !== null && <ProblemNotice error={error} />}
          <div className={classes["times"]} aria-busy={isFetching}>
            {days.map(({ date: day, slots }) => (
              <fieldset key={day} className={classes["chips"]}>
                <legend>{dayOf(day)}</legend>
                {slots.map((slot) => (
                  <label key={slot.id}>
                    <input type="radio" name="slot" checked={slot.id === slotId} onChange={() => setSlot(slot.id)} />
                    <span>{startOf(slot, config)}</span>
                  </label>
                ))}
              </fieldset>
            ))}
            {data && days.length === 0 && (
              <Text>
                {data.nextAvailable
                  ? t`No free time in these seven days. The next one is on ${dayOf(dateOf(data.nextAvailable.startsAt, placeOf(config, data.nextAvailable.locationId).zone))}.`
                  : t`No free time from this date on.`}
              </Text>
            )}
          </div>
          <Group>
            <Button type="submit" disabled={slotId === ""}>
              <Trans>Move it</Trans>
            </Button>
            <Button variant="outline" onClick={onClose}>
              <Trans>Leave it as it is</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
