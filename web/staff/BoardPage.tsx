import { BoardScreen } from "./board/BoardScreen.tsx";
import { TaskDialog } from "./calendar/TaskDialog.tsx";

/** The day board, from which the clinic calendar is changed as well. */
export function BoardPage() {
  return <BoardScreen CalendarDialog={TaskDialog} />;
}
