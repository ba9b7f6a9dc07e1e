import { Impact } from "#contract/answers/schedule.ts";
import { Schedule } from "#contract/requests/schedule.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const schedules = {
  getSchedule: {
    group: "Schedules",
    summary: "A doctor's weekly schedule",
    answers: { 200: json(Schedule(), "The weekly sessions", "ETag") },
    refusals: ["not-found"],
  },
  putSchedule: {
    group: "Schedules",
    summary: "Replace a doctor's weekly schedule; slots that still fit stay as they are",
    answers: { 200: json(Schedule(), "The new weekly sessions", "ETag", "Link?") },
    refusals: ["not-found"],
    keyed: true,
    versioned: true,
    previewed: true,
  },
  previewSchedule: {
    group: "Schedules",
    summary: "Which appointments a new weekly schedule would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
