import type { Board } from "#contract/answers/board.ts";
import { BoardQuery } from "#contract/requests/board.ts";
import { BOARD_DAYS, type BoardRow, readBoard } from "#db/queries/board.ts";
import { addDays, formatInstant } from "#domain/clinic-time.ts";
import { found } from "#http/act.ts";
import { isCached, knownTag } from "#http/etag.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { type Route, Router } from "#http/router.ts";

const getBoard = {
  method: "get",
  path: "/board",
  operationId: "getBoard",
  roles: ["doctor", "staff"],
  query: BoardQuery,
} satisfies Route;

export const board = new Router().handle(getBoard, async (c) => {
  const query = c.req.valid("query");
  if (query.to < query.from || query.to > addDays(query.from, BOARD_DAYS - 1)) {
    const detail = `From \`from\` on, and at most ${BOARD_DAYS} days in all`;
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/to", detail }] });
  }
  const { db } = c.get("services");
  const { tag, board: row } = found(c, await readBoard(db, c.get("caller"), query, knownTag(c), c.get("requestId")));
  const headers = { ETag: `"${tag}"`, "Cache-Control": "private, no-cache" };
  if (row === null || isCached(c, headers.ETag)) return c.body(null, 304, headers);
  return c.json(present(row), 200, headers);
});

function present({ doctors, slots, appointments, absences, holidays }: BoardRow): Board {
  return {
    doctors,
    slots: slots.map((slot) => ({
      ...slotOf(slot),
      date: slot.date,
      state: slot.state,
      appointmentId: slot.appointmentId,
      heldUntil: slot.heldUntil === null ? null : formatInstant(slot.heldUntil, slot.zone),
    })),
    appointments: appointments.map((row) => ({
      ...slotOf(row),
      version: row.version,
      status: row.status,
      patientId: row.patientId,
      patientName: row.patientName,
      phone: row.phone,
      phoneE164: row.phoneE164,
      slotId: row.slotId,
      reason: row.reason,
      willCome: row.willCome,
      arrivedAt: row.arrivedAt === null ? null : formatInstant(row.arrivedAt, row.zone),
    })),
    absences: absences.map(({ id, doctorId, locationId, fromDate, toDate, from, to, note }) => ({
      id,
      doctorId,
      locationId,
      fromDate,
      toDate,
      from,
      to,
      note,
    })),
    holidays,
  };
}
