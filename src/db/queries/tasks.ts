import { type CallerRef, type Callable, type Found, read } from "../call.ts";
import type { Columns } from "../rows.ts";
import type { tasks } from "../schema/messages.ts";

/** The subject of a task. */
export type TaskKind = TaskRow["kind"];

/** A problem with notifications that staff must solve. Instants are epoch milliseconds, `zone` is the clinic's. */
export interface TaskRow extends Columns<
  typeof tasks,
  "id" | "kind" | "status" | "patientId" | "appointmentId" | "createdAt" | "doneAt" | "version"
> {
  patientName: string | null;
  /** Ids and codes only. */
  detail: Record<string, unknown>;
  /** A name. */
  doneBy: string | null;
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
