import type { CalendarChange, Decision } from "./change.ts";
import { planDoctorLeaving } from "./doctor-leaving.ts";
import { planExceptionAdded, planExceptionRemoved } from "./exception-changes.ts";
import { planHolidayRemoved, planHolidaysAdded } from "./holiday-changes.ts";
import type { Calendar } from "./model.ts";
import { planSchedule } from "./schedule-change.ts";
import { planSlotAdded, planSlotChanged, planSlotRemoved } from "./slot-changes.ts";

/** Decides what a change does to the slots. The calendar must hold every slot that the change could affect. */
export function decide(calendar: Calendar, change: CalendarChange): Decision {
  switch (change.kind) {
    case "schedule":
      return planSchedule(calendar, change);
    case "exception-add":
      return planExceptionAdded(calendar, change);
    case "exception-remove":
      return planExceptionRemoved(calendar, change);
    case "slot-add":
      return planSlotAdded(calendar, change);
    case "slot-change":
      return planSlotChanged(calendar, change);
    case "slot-remove":
      return planSlotRemoved(calendar, change);
    case "holidays-add":
      return planHolidaysAdded(calendar, change);
    case "holiday-remove":
      return planHolidayRemoved(calendar, change);
    case "doctor-left":
      return planDoctorLeaving(calendar, change);
  }
}
