import { type CallerRef, type Callable, type Found, read } from "../call.ts";

/** What a task is about. */
export type TaskKind = "mail-bounced" | "mail-complained" | "mail-refused" | "no-address" | "job-failed";

/** Something about notifications that a person must see to. Instants are epoch milliseconds, `zone` is the clinic's. */
export interface TaskRow {
  id: string;
  kind: TaskKind;
  status: "open" | "done";
  patientId: string | null;
  patientName: string | null;
  appointmentId: string | null;
  /** Ids and codes only. */
  detail: Record<string, unknown>;
  createdAt: number;
  doneAt: number | null;
  doneBy: string | null;
  version: number;
  zone: string;
}

export interface TasksFilter {
  status?: TaskRow["status"] | undefined;
  kind?: TaskKind | undefined;
  after?: { createdAt: number; id: string } | undefined;
  limit: number;
}

/** A page of tasks, the oldest first; one more than `limit` to show that there is more: list_tasks.sql. */
export function listTasks(
  db: Callable,
  caller: CallerRef,
  { status, kind, after, limit }: TasksFilter,
  requestId: string,
): Promise<Found<TaskRow[]>> {
  const args = {
    only_status: status ?? null,
    only_kind: kind ?? null,
    after: after ?? null,
    page_size: limit,
  };
  return read(db, caller, "list_tasks", args, requestId);
}
