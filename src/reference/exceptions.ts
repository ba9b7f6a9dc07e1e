import { Impact, ScheduleException, ScheduleExceptions } from "#contract/answers/schedule.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const exceptions = {
  listExceptions: {
    group: "Schedules",
    summary: "A doctor's absences and extra sessions that are not over",
    answers: { 200: json(ScheduleExceptions, "By date") },
    refusals: ["not-found"],
  },
  createException: {
    group: "Schedules",
    summary: "An absence, for whole days or hours, or an extra session",
    answers: { 201: json(ScheduleException, "Applied", "Location", "Link?") },
    refusals: ["not-found", "duplicate"],
    keyed: true,
    previewed: true,
  },
  previewException: {
    group: "Schedules",
    summary: "Which appointments an absence would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found", "duplicate"],
  },
  deleteException: {
    group: "Schedules",
    summary: "The slots that an absence had closed open again; an extra session's go",
    answers: { 204: empty("Removed", "Link?") },
    refusals: ["not-found"],
    keyed: true,
    previewed: true,
  },
  previewDeleteException: {
    group: "Schedules",
    summary: "Which appointments the end of an extra session would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
