import { TaskDialog } from "./calendar/TaskDialog.tsx";
import { TodayScreen } from "./desk/TodayScreen.tsx";

/** Today at a glance, with the dialogs of the clinic calendar: neither screen knows the other. */
export function TodayPage() {
  return <TodayScreen CalendarDialog={TaskDialog} />;
}
