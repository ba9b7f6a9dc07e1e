import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ComponentType, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import type { Session } from "#contract/answers/session.ts";
import type { CalendarTask, CalendarTaskProps } from "#kit/calendar/task.ts";
import { addDays, dateOf, dayOf, fullDayOf, shortDayOf, timeOf } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import { BoardDialogs } from "./BoardDialogs.tsx";
import type { Heading } from "./BoardHead.tsx";
import { CellPanel } from "./CellPanel.tsx";
import type { Cell } from "#kit/board/cells.ts";
import { weekDates } from "./columns.ts";
import { DayBoard } from "./DayBoard.tsx";
import { DayList } from "./DayList.tsx";
import { cellOfAppointment } from "./fold.ts";
import { Legend } from "./Legend.tsx";
import { moveStore } from "./moveStore.ts";
import { shortDoctor, splitName } from "#kit/board/names.ts";
import { Pinboard } from "./Pinboard.tsx";
import classes from "./screen.module.css";
import { mondayOf } from "#kit/time/format.ts";
import { without } from "./search.ts";
import { Toast } from "./Toast.tsx";
import { Toolbar } from "./Toolbar.tsx";
import { boardQuery } from "#kit/board/query.ts";
import { useBoard } from "./useBoard.ts";
import { useBoardKeys } from "./useBoardKeys.ts";
import { useDesk } from "./useDesk.ts";
import { useNow } from "#kit/board/useNow.ts";
import { useWindow } from "./useWindow.ts";
import { ViewsMenu } from "./ViewsMenu.tsx";
import { useSavedViews } from "./views.ts";
import { WeekOverview } from "./WeekOverview.tsx";

export interface LiveBoardProps {
  config: Config;
  doctors: readonly Doctor[];
  session: Session;
  /** Changes the clinic calendar. It opens over the board. */
  CalendarDialog: ComponentType<CalendarTaskProps>;
}

/** A day or a week, live: what is shown, and what staff do with it. */
export function LiveBoard({ config, doctors, session, CalendarDialog }: LiveBoardProps) {
  const { t } = useLingui();
  const search = useSearch({ from: "/" });
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const narrow = useMediaQuery("(max-width: 619px)", undefined, { getInitialValueInEffect: false });
  const views = useSavedViews();
  const now = useNow();
  const zone = config.locations.find(({ id }) => id === search.place)?.timeZone ?? config.clinic.timeZone;
  const today = dateOf(new Date(now), zone);
  const date = search.date ?? today;
  const week = search.view === "week";
  const monday = mondayOf(date);
  const doctorId = session.doctorId ?? search.doctor;
  const asList = search.as === undefined ? narrow : search.as === "list";
  const [shownDates, columnsOf] = useWindow({ week, monday, date, doctorId, locationId: search.place });
  const [editing, setEditing] = useState(false);
  const [task, setTask] = useState<CalendarTask | null>(null);
  const pointedAt = useRef(0);
  const desk = useDesk({ config, doctors, session, now });
  const { shown, newest, changes, apply, error, refetch } = useBoard(shownDates, columnsOf, {
    paused: desk.dialog !== null || task !== null,
    pointedAt,
  });
  const { know } = desk;
  useLayoutEffect(() => know(newest), [know, newest]);
  const { pins, panel, setPanel, writes } = desk;
  const overview = week && doctorId === undefined;

  const names = useMemo(
    () =>
      shown?.columns.map(({ doctorId: id, date: day }) => {
        const name = desk.names.doctor(id);
        return week ? `${dayOf(day)}, ${name}` : name;
      }) ?? [],
    [shown?.columns, desk.names, week],
  );
  const headings = useMemo(
    () =>
      shown?.columns.map(({ doctorId: id, date: day }): Heading => {
        const name = desk.names.doctor(id);
        return week
          ? {
              title: shortDayOf(day),
              name: dayOf(day),
              onOpen: () => void navigate({ to: "/", search: { date: day } }),
            }
          : {
              title: splitName(shortDoctor(name)).surname,
              rest: splitName(shortDoctor(name)).given,
              name,
              onOpen: () => void navigate({ to: "/", search: { ...search, view: "week", doctor: id } }),
            };
      }) ?? [],
    [shown?.columns, desk.names, week, navigate, search],
  );
  const isToday = shown?.columns.some((column) => column.date === today) ?? false;
  const [hours = 0, minutes = 0] = timeOf(new Date(now).toISOString(), zone).split(":").map(Number);
  const nowMinute = isToday ? hours * 60 + minutes : null;
  const panelCell =
    panel &&
    shown &&
    (panel.appointmentId === undefined
      ? findCell(shown.cells, panel.cellId)
      : cellOfAppointment(shown, panel.appointmentId));
  const details = useCallback(
    (cell: Cell) => setPanel({ cellId: cell.id, appointmentId: cell.appointment?.id }),
    [setPanel],
  );
  const open = useCallback(
    (cell: Cell) => {
      const isFree =
        (cell.kind === "free" || cell.kind === "late") && cell.slot && Date.parse(cell.slot.startsAt) > now;
      if (isFree && session.role === "staff" && !editing)
        void navigate({ to: "/openings", search: { slotId: cell.id } });
      else details(cell);
    },
    [now, session.role, navigate, details, editing],
  );
  const closePanel = () => {
    setPanel(null);
    document.querySelector<HTMLElement>('[data-cell][tabindex="0"]')?.focus();
  };
  const onKey = useBoardKeys({ desk, search, date, week, views: views.views, onDetails: details });
  const panelColumn = panelCell ? shown?.columns[panelCell.column] : undefined;
  const title = week ? t`Week of ${shortDayOf(monday)}` : fullDayOf(date);
  const holidays = [...new Set(shown?.answer.holidays.map(({ name }) => name))];
  const pinboard = (
    <Pinboard
      pins={pins}
      zone={desk.names.zone}
      onPickUp={(appointment) => {
        const cell = document.querySelector<HTMLElement>('[data-cell][tabindex="0"]');
        cell?.focus();
        const { column = "0", minute = "0" } = cell?.dataset ?? {};
        moveStore.set({ appointment, column: Number(column), minute: Number(minute), by: "keys" });
      }}
    />
  );

  return (
    <div className={classes["screen"]}>
      <Toolbar
        title={title}
        date={date}
        today={today}
        search={search}
        asList={asList}
        config={config}
        changes={changes}
        onApply={apply}
        onNear={(day) => {
          const from = week ? mondayOf(day) : day;
          void queryClient.prefetchQuery(boardQuery({ ...shownDates, from, to: week ? addDays(from, 6) : from }));
        }}
      >
        <ViewsMenu views={views.views} search={search} onSave={views.save} onRemove={views.remove} />
        {session.role === "staff" && (
          <>
            <button
              type="button"
              className={classes["tool"]}
              aria-pressed={editing}
              title={t`A press on a free time then closes, removes or books it`}
              onClick={() => setEditing(!editing)}
            >
              <Trans>Edit times</Trans>
            </button>
            <button
              type="button"
              className={classes["tool"]}
              onClick={() => setTask({ kind: "away", doctorId: panelColumn?.doctorId ?? doctorId, date })}
            >
              <Trans>Doctor away…</Trans>
            </button>
          </>
        )}
        {asList && (
          <button type="button" className={classes["tool"]} onClick={() => print()}>
            <Trans>Print</Trans>
          </button>
        )}
      </Toolbar>
      {week && (session.role === "staff" || doctorId !== undefined) && (
        <div className={classes["doctors"]} hidden={session.role !== "staff"}>
          <button
            type="button"
            aria-pressed={doctorId === undefined}
            onClick={() => void navigate({ to: "/", search: without(search, "doctor") })}
          >
            <Trans>All doctors</Trans>
          </button>
          {doctors.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              aria-pressed={id === doctorId}
              onClick={() => void navigate({ to: "/", search: { ...search, doctor: id } })}
            >
              {shortDoctor(name)}
            </button>
          ))}
        </div>
      )}
      <WaitingNotice waiting={writes.waiting} warning={t`Do not do it again elsewhere.`} />
      {error !== null && <ProblemNotice error={error} retry={refetch} />}
      {holidays.length > 0 && <Notice tone="info" title={t`Public holiday: ${holidays.join(", ")}`} />}
      {shown === null && error === null && <Skeleton height={420} radius={0} />}
      {shown && overview && <WeekOverview answer={shown.answer} dates={weekDates(monday)} today={today} now={now} />}
      {shown && !overview && shown.columns.length === 0 && (
        <>
          <p className={classes["empty"]}>{week ? t`No sessions in this week.` : t`No sessions on this day.`}</p>
          {pinboard}
        </>
      )}
      {shown && newest && !overview && shown.columns.length > 0 && (
        <div className={classes["body"]}>
          {asList ? (
            <DayList board={shown} doctors={names} now={now} nowMinute={nowMinute} onOpen={open} />
          ) : (
            <DayBoard
              board={shown}
              newest={newest}
              headings={headings}
              doctors={names}
              facts={desk.facts}
              names={desk.names}
              nowMinute={nowMinute}
              label={title}
              canMove={session.role === "staff"}
              onOpen={open}
              onDrop={desk.drop}
              onKey={onKey}
              onPark={desk.park}
              follow={desk.follow}
              pointedAt={pointedAt}
              parked={desk.parked}
            >
              {pinboard}
            </DayBoard>
          )}
          {panelCell && (
            <CellPanel
              key={panelCell.id}
              cell={panelCell}
              doctorId={panelColumn?.doctorId ?? ""}
              date={panelColumn?.date ?? date}
              names={desk.names}
              now={now}
              canMove={session.role === "staff"}
              busy={writes.pending !== null}
              onStatus={desk.mark}
              onMove={(appointment) => desk.setDialog({ kind: "move", appointment })}
              onCancel={(appointment) => desk.setDialog({ kind: "cancel", appointment })}
              onPark={desk.park}
              onTask={setTask}
              onClose={closePanel}
            />
          )}
        </div>
      )}
      {!asList && shown && !overview && <Legend />}
      <Toast desk={desk} />
      {task && <CalendarDialog task={task} onClose={() => setTask(null)} />}
      <BoardDialogs desk={desk} config={config} doctors={doctors} today={today} onShow={apply} />
    </div>
  );
}

const findCell = (cells: Cell[][], id: string) => cells.flat().find((cell) => cell.id === id) ?? null;
