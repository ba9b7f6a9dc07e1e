import { useLingui } from "@lingui/react/macro";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { CancelDialog } from "./CancelDialog.tsx";
import { cellOfAppointment } from "./fold.ts";
import { MoveDialog } from "./MoveDialog.tsx";
import { ProblemDialog } from "./ProblemDialog.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";
import type { Desk } from "./useDesk.ts";

export interface BoardDialogsProps {
  desk: Desk;
  config: Config;
  doctors: readonly Doctor[];
  today: string;
  /** Shows the newest board. */
  onShow: () => void;
}

/** The one dialog that is open. */
export function BoardDialogs({ desk, config, doctors, today, onShow }: BoardDialogsProps) {
  const { t } = useLingui();
  const { dialog, setDialog, writes, names, newest } = desk;
  const close = () => setDialog(null);
  const run = (write: Parameters<typeof writes.run>[0]) => {
    close();
    void writes.run(write);
  };
  if (!dialog) return null;
  switch (dialog.kind) {
    case "move":
      return (
        <MoveDialog
          appointment={dialog.appointment}
          doctors={doctors}
          config={config}
          today={today}
          onMove={(slotId) => run({ kind: "move", appointment: dialog.appointment, slotId })}
          onClose={close}
        />
      );
    case "cancel":
      return (
        <CancelDialog
          appointment={dialog.appointment}
          zone={names.zone(dialog.appointment.locationId)}
          onCancel={(reason) => run({ kind: "cancel", appointment: dialog.appointment, reason })}
          onClose={close}
        />
      );
    case "reason":
      return (
        <ReasonDialog
          rules={dialog.rules}
          action={dialog.write.kind === "move" ? t`Move it` : t`Cancel the appointment`}
          onReason={(reason) => run({ ...dialog.write, override: { reason } })}
          onClose={close}
        />
      );
    case "problem": {
      const { write, error } = dialog;
      return (
        <ProblemDialog
          error={error}
          write={write}
          doctor={names.doctor}
          zone={names.zone}
          onInstead={(slot) => run({ kind: "move", appointment: write.appointment, slotId: slot.id })}
          onAgain={() => run(write)}
          onShow={() => {
            close();
            onShow();
            const cell = newest.current && cellOfAppointment(newest.current, write.appointment.id);
            setTimeout(() => document.querySelector<HTMLElement>(`[data-cell="${cell?.id ?? ""}"]`)?.focus());
          }}
          onClose={close}
        />
      );
    }
  }
}
