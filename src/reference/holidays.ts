import { Holidays } from "#contract/answers/holidays.ts";
import { Impact } from "#contract/answers/schedule.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const holidays = {
  listHolidays: {
    group: "Holidays",
    summary: "The public holidays of every location",
    answers: { 200: json(Holidays, "By date, each with its source") },
  },
  createHoliday: {
    group: "Holidays",
    summary: "Close a date, or correct its name",
    answers: { 201: json(Holidays, "Kept, for each location", "Link?") },
    keyed: true,
    previewed: true,
  },
  previewHoliday: {
    group: "Holidays",
    summary: "Which appointments a holiday would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
  },
  importHolidays: {
    group: "Holidays",
    summary: "The public holidays of a country or region in one year; dates that are kept already stay as they are",
    answers: { 201: json(Holidays, "Those that are new", "Link?") },
    keyed: true,
    previewed: true,
  },
  previewImportHolidays: {
    group: "Holidays",
    summary: "Which appointments imported holidays would displace",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
  },
  deleteHoliday: {
    group: "Holidays",
    summary: "Remove a holiday; the slots that it alone had closed open again",
    answers: { 204: empty("Removed", "Link?") },
    refusals: ["not-found", "preview-stale"],
    keyed: true,
  },
  previewDeleteHoliday: {
    group: "Holidays",
    summary: "What removing a holiday would do. It displaces no patient",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
