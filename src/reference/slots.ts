import { Impact, StaffSlot } from "#contract/answers/schedule.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const slots = {
  createSlot: {
    group: "Slots",
    summary: "Add one slot",
    answers: { 201: json(StaffSlot, "Added", "Location", "Link?") },
    refusals: ["duplicate", "preview-stale"],
    keyed: true,
  },
  previewCreateSlot: {
    group: "Slots",
    summary: "Whether a slot can be added. It displaces no patient",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["duplicate"],
  },
  changeSlot: {
    group: "Slots",
    summary: "Close, open or move one slot",
    answers: { 200: json(StaffSlot, "As it is now", "Link?") },
    refusals: ["not-found", "wrong-state", "duplicate"],
    keyed: true,
    previewed: true,
  },
  deleteSlot: {
    group: "Slots",
    summary: "Delete one slot; the schedule does not put it there again",
    answers: { 204: empty("Deleted", "Link?") },
    refusals: ["not-found", "wrong-state"],
    keyed: true,
    previewed: true,
  },
  previewChangeSlot: {
    group: "Slots",
    summary: "Whether closing, moving or deleting a slot would displace a patient",
    answers: { 200: json(Impact, "What the change would do; nothing has been done") },
    refusals: ["not-found", "wrong-state", "duplicate"],
  },
} satisfies Descriptions;
