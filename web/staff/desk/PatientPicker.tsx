import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { CreatePatientDialog } from "./CreatePatientDialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { PatientSearch } from "./PatientSearch.tsx";
import { usePaused } from "./usePaused.ts";

export interface PatientPickerProps {
  onClose: () => void;
  onChosen: (patientId: string) => void;
}

/** Asks which patient a time is booked for, where none has been chosen yet. */
export function PatientPicker({ onClose, onChosen }: PatientPickerProps) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [creating, setCreating] = useState(false);
  const asked = usePaused(text.trim());
  if (creating) {
    return <CreatePatientDialog named={text.trim()} onClose={onClose} onChosen={({ id }) => onChosen(id)} />;
  }
  return (
    <Dialog title={t`Book for whom?`} onClose={onClose}>
      <div className={classes["form"]}>
        <PatientSearch text={text} onText={setText} asked={asked} onChoose={onChosen} />
        <div>
          <button type="button" className={classes["small"]} onClick={() => setCreating(true)}>
            <Trans>New patient</Trans>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
