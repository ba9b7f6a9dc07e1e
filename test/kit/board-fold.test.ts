import { describe, expect, test } from "vitest";
import type { Board as Answer, BoardAppointment, BoardSlot } from "#contract/answers/board.ts";
import { spotAfter } from "../../web/staff/board/boardKeys.ts";
import { type Board, cellAt, cellOfAppointment, changesBetween, foldBoard } from "../../web/staff/board/fold.ts";
import { type Facts, judge } from "../../web/staff/board/judge.ts";
import { judgeMove } from "../../web/staff/board/judgeMove.ts";
import { mondayOf } from "#kit/time/format.ts";
import { readBoardSearch } from "../../web/staff/board/search.ts";

const DAY = "2026-12-01";
const at = (time: string) => `${DAY}T${time}:00+00:00`;
const COLUMNS = ["byrne", "khan"].map((doctorId) => ({ key: doctorId, doctorId, date: DAY, group: "" }));

const slot = (id: string, from: string, to: string, more: Partial<BoardSlot> = {}): BoardSlot => ({
  id,
  doctorId: "byrne",
  locationId: "quay",
  startsAt: at(from),
  endsAt: at(to),
  date: DAY,
  state: "free",
  appointmentId: null,
  heldUntil: null,
  ...more,
});
const visit = (id: string, from: string, to: string, more: Partial<BoardAppointment> = {}): BoardAppointment => ({
  id,
  version: 1,
  status: "booked",
  patientId: `patient of ${id}`,
  patientName: "Ada Kelly",
  phone: null,
  phoneE164: null,
  doctorId: "byrne",
  locationId: "quay",
  slotId: `slot of ${id}`,
  startsAt: at(from),
  endsAt: at(to),
  reason: null,
  willCome: false,
  arrivedAt: null,
  ...more,
});
const booked = (id: string, from: string, to: string, doctorId = "byrne"): [BoardSlot, BoardAppointment] => [
  slot(`slot of ${id}`, from, to, { state: "booked", appointmentId: id, doctorId }),
  visit(id, from, to, { doctorId }),
];
const answer = (slots: BoardSlot[], appointments: BoardAppointment[] = [], more: Partial<Answer> = {}): Answer => ({
  doctors: [
    { id: "byrne", name: "Dr Byrne", specialty: "General practice" },
    { id: "khan", name: "Dr Khan", specialty: "Skin" },
  ],
  slots,
  appointments,
  absences: [],
  holidays: [],
  ...more,
});
const fold = (given: Answer, before: Board | null = null) => foldBoard(given, COLUMNS, before);
/** The cells of the first column as `kind 09:00-09:15`. */
const drawn = ({ cells }: Board) => cells[0]?.map(({ kind, from, to }) => `${kind} ${from / 60}-${to / 60}`);

describe("the board folds an answer into cells", () => {
  test("Gaps between sessions are one cell each, and the day is whole hours", () => {
    const board = fold(answer([slot("a", "09:15", "09:30"), slot("b", "10:00", "10:30")]));
    expect(drawn(board)).toEqual(["none 9-9.25", "free 9.25-9.5", "none 9.5-10", "free 10-10.5", "none 10.5-12"]);
    expect(board.rows.map(({ from }) => from)).toEqual([540, 555, 570, 600, 630, 660]);
    expect(board.shortest).toBe(15);
  });

  test("An absence is one cell with its reason, also over several slots", () => {
    const away = { state: "absent" } as const;
    const absences = [
      {
        id: "x",
        doctorId: "byrne",
        locationId: null,
        fromDate: DAY,
        toDate: DAY,
        from: "09:00",
        to: "10:00",
        note: "Course",
      },
    ];
    const slots = [slot("a", "09:00", "09:30", away), slot("b", "09:30", "10:00", away), slot("c", "10:00", "12:00")];
    const board = fold(answer(slots, [], { absences }));
    expect(drawn(board)).toEqual(["absent 9-10", "free 10-12"]);
    expect(board.cells[0]?.[0]?.note).toBe("Course");
  });

  test("A booking hides a closed slot below it. One that must be placed is shown at its old place, unless that is taken", () => {
    const [taken, own] = booked("a", "09:00", "09:30");
    const closed = slot("old", "09:00", "09:40", { state: "closed" });
    const lost = visit("lost", "10:00", "10:30", { status: "to-place", slotId: null });
    const beneath = visit("beneath", "09:00", "09:30", { status: "to-place", slotId: null });
    const holiday = slot("h", "10:00", "10:30", { state: "holiday" });
    const board = fold(answer([closed, taken, holiday], [own, lost, beneath]));
    expect(drawn(board)).toEqual(["appointment 9-9.5", "none 9.5-10", "appointment 10-10.5", "none 10.5-12"]);
    expect(cellOfAppointment(board, "beneath")).toBeNull();
  });

  test("What has not changed keeps its identity, and what has is counted", () => {
    const slots = [
      slot("a", "09:00", "09:15"),
      slot("b", "09:15", "09:30"),
      slot("c", "09:15", "09:30", { doctorId: "khan" }),
    ];
    const first = fold(answer(slots));
    const same = fold(structuredClone(first.answer), first);
    expect(same.rows.every((row, n) => row === first.rows[n])).toBe(true);
    expect(changesBetween(first, same)).toBe(0);
    const changed = slots.map((one) => (one.id === "b" ? slot("b", "09:15", "09:30", { state: "held" }) : one));
    const next = fold(answer(changed), first);
    expect(next.rows.map((row, n) => row === first.rows[n])).toEqual([true, false, true, true, true]);
    expect(cellAt(next, 1, 555)).toBe(cellAt(first, 1, 555));
    expect(changesBetween(first, next)).toBe(1);
  });

  test("A session past midnight goes on below its day", () => {
    const night = slot("n", "23:45", "23:59", { endsAt: "2026-12-02T00:15:00+00:00" });
    expect(drawn(fold(answer([night])))?.at(-2)).toBe("free 23.75-24.25");
  });
});

describe("what a drop would do is judged before it", () => {
  const NOW = Date.parse(at("08:00"));
  const FACTS: Facts = { now: NOW, freezeHours: 1, others: [] };
  const [here, moving] = booked("m", "11:00", "11:15");
  const [other, ada] = booked("t", "11:15", "11:30");
  const board = fold(
    answer(
      [
        here,
        other,
        slot("past", "07:00", "07:15"),
        slot("free", "10:00", "10:15"),
        slot("late", "10:15", "10:30", { state: "late" }),
        slot("held", "10:30", "10:45", { state: "held", heldUntil: at("10:34") }),
        slot("closed", "10:45", "11:00", { state: "closed" }),
        slot("absent", "09:00", "09:15", { state: "absent" }),
        slot("holiday", "09:15", "09:30", { state: "holiday" }),
        slot("short", "12:00", "12:10", { doctorId: "khan", locationId: "main" }),
      ],
      [moving, ada],
    ),
  );
  const minute = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const judged = (time: string, column = 0, facts: Partial<Facts> = {}, who = moving) => {
    const { tone, why, rules, notes } = judge(board, who, cellAt(board, column, minute(time)), { ...FACTS, ...facts });
    return { tone, why, rules, notes };
  };

  test.each([
    ["10:00", "ok", "free"],
    ["10:15", "ok", "late"],
    ["10:30", "no", "held"],
    ["10:45", "ask", "closed"],
    ["11:00", "same", "same"],
    ["11:15", "no", "taken"],
    ["07:00", "no", "past"],
    ["09:00", "no", "absent"],
    ["09:15", "no", "holiday"],
    ["08:00", "no", "no-session"],
    ["23:00", "no", "outside"],
  ])("At %s it is %s: %s", (time, tone, why) => {
    expect(judged(time)).toMatchObject({ tone, why });
  });

  test("Each broken rule asks for a reason, and no other rule does", () => {
    expect(judged("10:45")).toMatchObject({ rules: ["closed"] });
    expect(judged("10:00", 0, { freezeHours: 3 })).toMatchObject({ tone: "ask", rules: ["frozen"] });
    expect(judged("10:00", 0, { freezeHours: 24 }, { ...moving, status: "to-place", slotId: null }).rules).toEqual([]);
    const others = [{ id: "elsewhere", startsAt: at("10:10"), endsAt: at("10:20") }];
    expect(judged("10:00", 0, { others })).toMatchObject({ tone: "ask", rules: ["overlap"] });
    expect(judged("10:00", 0, { others: [{ ...others[0]!, id: moving.id }] }).rules).toEqual([]);
  });

  test("Another doctor, field, place and a shorter time are said", () => {
    expect(judged("12:00", 1)).toMatchObject({ tone: "ok", notes: ["doctor", "specialty", "location", "shorter"] });
  });

  test.each(["arrived", "completed", "no-show", "cancelled"] as const)("What is %s is not moved", (status) => {
    expect(judged("10:00", 0, {}, { ...moving, status })).toMatchObject({ tone: "no", why: "gone" });
  });

  test("It is judged by the newest board: a target booked since, and a patient moved by a colleague", () => {
    const move = { appointment: moving, column: 0, minute: minute("10:00"), by: "pointer" } as const;
    expect(judgeMove(board, move, FACTS)).toMatchObject({ tone: "ok" });
    const [rival, rivals] = booked("r", "10:00", "10:15");
    const withRival = fold(answer([here, rival], [moving, rivals]));
    expect(judgeMove(withRival, move, FACTS)).toMatchObject({ tone: "no", why: "taken" });
    const changed = fold(answer([here, slot("free", "10:00", "10:15")], [{ ...moving, version: 2 }]));
    expect(judgeMove(changed, move, FACTS)).toMatchObject({ tone: "no", why: "gone" });
    const gone = fold(answer([slot("free", "10:00", "10:15")]));
    expect(judgeMove(gone, move, FACTS)).toMatchObject({ tone: "no", why: "gone" });
    const parked = { ...moving, startsAt: "2026-12-05T11:00:00+00:00", endsAt: "2026-12-05T11:15:00+00:00" };
    expect(judgeMove(gone, { ...move, appointment: parked }, FACTS)).toMatchObject({ tone: "ok", notes: ["day"] });
  });
});

describe("keys and addresses", () => {
  const board = fold(
    answer([
      slot("a", "09:00", "09:30"),
      slot("b", "09:30", "10:00"),
      slot("c", "09:00", "09:15", { doctorId: "khan" }),
    ]),
  );

  test.each([
    ["ArrowDown", { column: 0, minute: 540 }, { column: 0, minute: 570 }],
    ["ArrowUp", { column: 0, minute: 570 }, { column: 0, minute: 569 }],
    ["ArrowRight", { column: 0, minute: 570 }, { column: 1, minute: 570 }],
    ["ArrowRight", { column: 1, minute: 570 }, { column: 1, minute: 570 }],
    ["ArrowLeft", { column: 0, minute: 540 }, { column: 0, minute: 540 }],
    ["PageDown", { column: 0, minute: 540 }, { column: 0, minute: 600 }],
    ["PageUp", { column: 0, minute: 540 }, { column: 0, minute: 540 }],
    ["End", { column: 0, minute: 540 }, { column: 1, minute: 540 }],
    ["n", { column: 1, minute: 540 }, { column: 1, minute: 600 }],
  ])("%s leads from a spot to the next", (key, from, to) => {
    expect(spotAfter(key, false, board, from, 600)).toEqual(to);
  });

  test("With Ctrl, Home and End are the first and the last cell; other keys lead nowhere", () => {
    expect(spotAfter("End", true, board, { column: 0, minute: 540 }, null)).toEqual({ column: 1, minute: 719 });
    expect(spotAfter("Home", true, board, { column: 1, minute: 600 }, null)).toEqual({ column: 0, minute: 540 });
    expect(spotAfter("x", false, board, { column: 0, minute: 540 }, null)).toBeUndefined();
    expect(spotAfter("n", false, board, { column: 0, minute: 540 }, null)).toBeUndefined();
  });

  test("The board's address keeps what it knows and drops the rest; a week begins on Monday", () => {
    const doctor = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
    expect(readBoardSearch({ date: DAY, view: "week", as: "list", doctor })).toEqual({
      date: DAY,
      view: "week",
      as: "list",
      doctor,
    });
    expect(readBoardSearch({ date: "soon", view: "year", as: "poem", doctor: "<script>", place: 1 })).toEqual({});
    expect(["2026-11-29", "2026-11-30", DAY].map(mondayOf)).toEqual(["2026-11-23", "2026-11-30", "2026-11-30"]);
  });
});
