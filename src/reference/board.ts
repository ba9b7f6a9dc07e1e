import { Board } from "#contract/answers/board.ts";
import { type Descriptions, UNCHANGED, json } from "#reference/describe.ts";

export const board = {
  getBoard: {
    group: "Appointments",
    summary: "The day board: slots, appointments, absences and holidays of up to seven days",
    description: "Staff see all doctors, a doctor sees their own. Cheap to ask every few seconds with `If-None-Match`.",
    answers: { 200: json(Board, "By time", "ETag"), 304: UNCHANGED },
  },
} satisfies Descriptions;
