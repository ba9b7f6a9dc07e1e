import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { fullWhenOf } from "#kit/appointments/words.ts";
import type { CalendarTaskProps } from "#kit/calendar/task.ts";
import { AbsenceDialog } from "./AbsenceDialog.tsx";
import { AddSlotDialog } from "./AddSlotDialog.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { slotRemoved, slotStatusChanged } from "./changes.ts";

/** The dialog for what another screen wants changed in the clinic calendar. */
export function TaskDialog({ task, onClose }: CalendarTaskProps) {
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  // As the time was when the dialog opened: the board behind it goes on.
  const [slot] = useState("slot" in task ? task.slot : null);
  if (!config || !doctors) return null;
  const nameOf = (doctorId: string) => doctors.items.find(({ id }) => id === doctorId)?.name ?? "";
  switch (task.kind) {
    case "close":
    case "open":
    case "remove": {
      if (!slot) return null;
      const when = `${fullWhenOf(slot, config)}, ${nameOf(slot.doctorId)}`;
      const status = task.kind === "open" ? "open" : "closed";
      const change = task.kind === "remove" ? slotRemoved(slot.id, when) : slotStatusChanged(slot.id, status, when);
      return <ChangeDialog change={change} onBack={onClose} onDone={onClose} />;
    }
    case "add": {
      const doctor = doctors.items.find(({ id }) => id === task.doctorId);
      return doctor ? <AddSlotDialog task={task} doctor={doctor} config={config} onClose={onClose} /> : null;
    }
    case "away":
      return (
        <AbsenceDialog
          doctors={doctors.items}
          config={config}
          first={{ doctorId: task.doctorId, date: task.date, hours: "until" }}
          onClose={onClose}
        />
      );
  }
}
