import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { holidayAdded } from "./changes.ts";
import type { Change } from "./useChange.ts";

export interface HolidayDialogProps {
  year: number;
  config: Config;
  onClose: () => void;
}

/** One date on which the clinic is closed, at one location or all. */
export function HolidayDialog({ year, config, onClose }: HolidayDialogProps) {
  const { t } = useLingui();
  const [change, setChange] = useState<Change | null>(null);
  const today = dateOf(serverNow(), config.clinic.timeZone);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const locationId = value("location");
    setChange(holidayAdded({ date: value("date"), name: value("name"), ...(locationId === "" ? {} : { locationId }) }));
  };
  return (
    <Dialog title={t`Add a holiday`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        <TextInput
          type="date"
          name="date"
          label={t`Day`}
          defaultValue={today.startsWith(String(year)) ? "" : `${year}-01-01`}
          required
          data-autofocus
        />
        <TextInput name="name" label={t`Name`} maxLength={100} required />
        {config.locations.length > 1 && (
          <NativeSelect
            name="location"
            label={t`Where`}
            data={[
              { value: "", label: t`All locations` },
              ...config.locations.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <Button type="submit" size="sm">
          <Trans>Preview the change</Trans>
        </Button>
      </form>
      {change && <ChangeDialog change={change} onBack={() => setChange(null)} onDone={onClose} />}
    </Dialog>
  );
}
