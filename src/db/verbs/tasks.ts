import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { PatientRow } from "../queries/patients.ts";
import type { TaskRow } from "../queries/tasks.ts";

/** Why a task stays as it is. Instants are epoch milliseconds. */
export type TaskRefusal =
  | { code: "not-found" }
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  | { code: "wrong-state"; current: "done" };

/** Staff mark a task as done, also by having its failed job run again (`runsAgain`): finish_task.sql. */
export function finishTask(
  db: Database,
  act: Act,
  { taskId, versions, runsAgain }: { taskId: string; versions: number[]; runsAgain: boolean },
): Promise<Outcome<TaskRow, TaskRefusal>> {
  return call(db, act, "finish_task", { task: taskId, versions, runs_again: runsAgain });
}

/** Staff allow mail to a patient again: resume_mail.sql. */
export function resumeMail(
  db: Database,
  act: Act,
  patientId: string,
): Promise<Outcome<PatientRow, { code: "not-found" }>> {
  return call(db, act, "resume_mail", { patient: patientId });
}
