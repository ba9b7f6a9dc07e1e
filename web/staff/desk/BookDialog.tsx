import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { type Problem, isProblem } from "#kit/api/problem.ts";
import { doctorsQuery } from "#kit/api/queries.ts";
import { SlotButton } from "#kit/appointments/SlotButton.tsx";
import { TimeFacts } from "#kit/appointments/TimeFacts.tsx";
import { placeOf } from "#kit/appointments/place.ts";
import type { VersionedAppointment } from "#kit/appointments/queries.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { timeOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { OverrideField } from "./OverrideField.tsx";
import { fieldsOf } from "#kit/ui/fields.ts";
import { useBooking } from "./useBooking.ts";

export interface BookDialogProps {
  slotId: string;
  patient: { id: string; name: string };
  move: VersionedAppointment | null;
  config: Config;
  onClose: () => void;
  onBooked: (appointment: Appointment) => void;
}

/** Check and confirm for a patient: the time is held while this is open. */
export function BookDialog({ slotId: wanted, patient, move, config, onClose, onBooked }: BookDialogProps) {
  const { t } = useLingui();
  const { data: doctors } = useQuery(doctorsQuery);
  const [slotId, setSlotId] = useState(wanted);
  const { hold, confirm, waiting, holdAgain } = useBooking({ patientId: patient.id, slotId, move });
  const rule = useRule(confirm.error, patient.name);
  const lost = lostBy(hold.error) ?? lostBy(confirm.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!hold.data || confirm.isPending) return;
    const text = fieldsOf(event.currentTarget);
    confirm.mutate(
      { holdId: hold.data.id, reason: text("reason"), override: text("override") },
      { onSuccess: ({ data }) => onBooked(data) },
    );
  };
  const slot = hold.data?.slot;
  const until = hold.data && timeOf(hold.data.expiresAt, placeOf(config, hold.data.slot.locationId).zone);
  const title = move === null ? t`Check and confirm` : t`Move the appointment`;
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        {slot ? (
          <TimeFacts
            time={slot}
            config={config}
            first={[
              [t`Patient`, patient.name],
              [t`So far`, move && whenOf(move.appointment, config)],
            ]}
            {...(move === null ? {} : { when: t`New time` })}
          />
        ) : (
          !hold.error && <Skeleton height={220} />
        )}
        {move === null && (
          <TextInput
            name="reason"
            label={t`Reason, in the patient's words (optional)`}
            maxLength={500}
            data-autofocus
          />
        )}
        <output className={classes["soft"]} style={{ margin: 0 }}>
          {lost ? "" : until === undefined ? <Trans>Holding the time…</Trans> : <Trans>Held until {until}.</Trans>}
        </output>
        {rule !== null && <OverrideField rule={rule} />}
        {lost && (
          <LostTime
            problem={lost}
            onAgain={holdAgain}
            alternatives={lost.alternatives.map((one) => (
              <SlotButton
                key={one.id}
                slot={one}
                config={config}
                doctors={doctors?.items ?? []}
                withDay
                onChoose={() => {
                  confirm.reset();
                  setSlotId(one.id);
                }}
              />
            ))}
          />
        )}
        {hold.error !== null && !lost && <ProblemNotice error={hold.error} retry={holdAgain} focus />}
        {confirm.error !== null && !lost && rule === null && <ProblemNotice error={confirm.error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't book it again.`} />
        <Button
          type="submit"
          size="sm"
          disabled={!hold.data || lost !== undefined}
          aria-busy={confirm.isPending}
          {...(move === null ? {} : { "data-autofocus": true })}
        >
          {move === null ? <Trans>Confirm the appointment</Trans> : <Trans>Move it</Trans>}
        </Button>
      </form>
    </Dialog>
  );
}

function lostBy(error: unknown): Problem | undefined {
  return isProblem(error, "slot-taken", "hold-expired") ? error : undefined;
}

/** The broken rule that staff may set aside, as a sentence; null without one. */
function useRule(error: unknown, name: string): string | null {
  const { t } = useLingui();
  if (isProblem(error, "overlaps-own-appointment")) return t`${name} has another appointment at that time.`;
  if (isProblem(error, "frozen")) return t`The appointment is so close that patients can no longer move it.`;
  if (isProblem(error, "change-budget-spent")) return t`It has been moved as often as patients may.`;
  return null;
}

interface LostTimeProps {
  problem: Problem;
  onAgain: () => void;
  alternatives: React.ReactNode[];
}

/** The time is lost: the three nearest free ones, or the same again where it is still free. */
function LostTime({ problem, onAgain, alternatives }: LostTimeProps) {
  return (
    <ProblemNotice error={problem} focus>
      {problem.details["slotFree"] === true && (
        <Button variant="outline" size="sm" onClick={onAgain}>
          <Trans>Hold it again</Trans>
        </Button>
      )}
      {alternatives.length > 0 && <div className={classes["row"]}>{alternatives}</div>}
    </ProblemNotice>
  );
}
