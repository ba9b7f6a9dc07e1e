import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef } from "react";
import type { DoctorRecord } from "#contract/answers/doctors.ts";
import { isDecided } from "#kit/api/problem.ts";
import { send } from "#kit/api/request.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import { ChangeProblem } from "./ChangeProblem.tsx";
import { doctorQuery, refreshCalendar } from "./queries.ts";

/** Slot lengths that divide an hour, minutes. Others can be set for a session. */
export const SLOT_LENGTHS = [5, 10, 12, 15, 20, 30, 45, 60];

export interface DoctorDialogProps {
  specialties: readonly string[];
  /** The record to change, as it was read; a new one without it. */
  doctor?: { record: DoctorRecord; etag: string };
  onClose: () => void;
}

/** A doctor's record: name, specialty, slot length. A new doctor's page opens next, for the weekly schedule. */
export function DoctorDialog({ specialties, doctor, onClose }: DoctorDialogProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const attempt = useRef({ body: "", key: "" });
  const { mutate, error, isPending } = useMutation({
    mutationFn: async (body: { name: string; specialty: string; slotMinutes: number | null }) => {
      const text = JSON.stringify(body);
      if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() };
      const { data, etag } = await send<DoctorRecord>(doctor ? `/doctors/${doctor.record.id}` : "/doctors", {
        method: doctor ? "PATCH" : "POST",
        body,
        idempotencyKey: attempt.current.key,
        ...(doctor ? { ifMatch: doctor.etag } : {}),
      });
      return { record: data, etag: etag ?? "" };
    },
    onSuccess: (saved) => {
      queryClient.setQueryData(doctorQuery(saved.record.id).queryKey, saved);
      void refreshCalendar(queryClient);
      onClose();
      if (!doctor) void navigate({ to: "/calendar/doctors/$doctorId", params: { doctorId: saved.record.id } });
    },
    onError: (failed) => {
      if (isDecided(failed)) attempt.current = { body: "", key: "" };
      if (doctor) void queryClient.invalidateQueries({ queryKey: ["doctor"] });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const minutes = value("slotMinutes");
    const slotMinutes = minutes === "" ? null : Number(minutes);
    if (!isPending) mutate({ name: value("name"), specialty: value("specialty"), slotMinutes });
  };
  const own = doctor?.record.ownSlotMinutes ?? null;
  const lengths = own === null || SLOT_LENGTHS.includes(own) ? SLOT_LENGTHS : [...SLOT_LENGTHS, own];
  return (
    <Dialog title={doctor ? t`Change the record` : t`New doctor`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        <TextInput
          name="name"
          label={t`Name`}
          description={t`As patients read it: Dr Byrne`}
          defaultValue={doctor?.record.name ?? ""}
          maxLength={200}
          required
          data-autofocus
        />
        <TextInput
          name="specialty"
          label={t`Specialty`}
          defaultValue={doctor?.record.specialty ?? ""}
          list="specialties"
          maxLength={100}
          required
        />
        <datalist id="specialties">
          {specialties.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
        <NativeSelect
          name="slotMinutes"
          label={t`Length of a time`}
          description={doctor ? t`Times that are there keep their length.` : undefined}
          defaultValue={own === null ? "" : String(own)}
          data={[
            { value: "", label: t`as the clinic has it` },
            ...lengths.map((minutes) => ({ value: String(minutes), label: t`${minutes} minutes` })),
          ]}
        />
        {error !== null && <ChangeProblem error={error} />}
        <Button type="submit" size="sm" aria-busy={isPending}>
          {doctor ? <Trans>Save</Trans> : <Trans>Make the record</Trans>}
        </Button>
      </form>
    </Dialog>
  );
}
