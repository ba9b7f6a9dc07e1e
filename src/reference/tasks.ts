import { Deliveries, Task, Tasks } from "#contract/answers/tasks.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

export const tasks = {
  listTasks: {
    group: "Telling",
    summary: "Tasks for staff about notifications, the oldest first",
    answers: { 200: page(Tasks, "By when they were opened") },
  },
  finishTask: {
    group: "Telling",
    summary: "Say that a task has been seen to",
    answers: { 200: json(Task, "The task, done", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  runTaskAgain: {
    group: "Telling",
    summary: "Have the failed job of a task run again, for all that is due; the task is done",
    answers: { 200: json(Task, "The task, done", "ETag") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
  listDeliveries: {
    group: "Telling",
    summary: "What was sent about an appointment, when, and whether it arrived; reading it is noted in the audit trail",
    answers: { 200: json(Deliveries, "The latest first, at most a hundred") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
