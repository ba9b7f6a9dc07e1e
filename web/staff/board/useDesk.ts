import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useCallback, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Appointment, Appointments } from "#contract/answers/appointments.ts";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import type { Session } from "#contract/answers/session.ts";
import { query, send } from "#kit/api/request.ts";
import type { Mark } from "#kit/board/marks.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import type * as z from "zod/v4";
import type { Board } from "./fold.ts";
import type { Facts, Rule } from "./judge.ts";
import { judgeMove } from "./judgeMove.ts";
import { moveStore } from "./moveStore.ts";
import { type Pins, usePins } from "./pins.ts";
import { useWrites, type Writes } from "./useWrites.ts";
import { statusWords } from "#kit/board/words.ts";
import { type MoveNames, consequence } from "./words.ts";
import { type Write, ruleOf } from "./writes.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export type BoardDialog =
  | { kind: "move" | "cancel"; appointment: BoardAppointment }
  | { kind: "reason"; write: Exclude<Write, { kind: "attendance" }>; rules: readonly Rule[] }
  | { kind: "problem"; write: Write; error: unknown };

export interface Said {
  text: string;
  undo?: Write;
}

export interface Desk {
  facts: Facts;
  names: MoveNames;
  pins: Pins;
  writes: Writes;
  newest: RefObject<Board | null>;
  /** Takes the newest board, which every judgement is made on. */
  know: (board: Board | null) => void;
  /** The appointment that the keyboard's focus follows to its new place. */
  follow: RefObject<string | null>;
  dialog: BoardDialog | null;
  setDialog: (dialog: BoardDialog | null) => void;
  panel: { cellId: string; appointmentId: string | undefined } | null;
  setPanel: (panel: { cellId: string; appointmentId: string | undefined } | null) => void;
  said: Said | null;
  say: (said: Said | null) => void;
  drop: () => void;
  mark: (appointment: BoardAppointment, status: Mark) => void;
  park: (appointment: BoardAppointment) => void;
  parked: (id: string) => BoardAppointment | null;
}

interface Around {
  config: Config;
  doctors: readonly Doctor[];
  session: Session;
  now: number;
}

const patientInMove = () => moveStore.get()?.appointment.patientId ?? null;

/** Staff's actions on the board (dropping, marking, parking), with their questions and messages. */
export function useDesk({ config, doctors, session, now }: Around): Desk {
  const newest = useRef<Board | null>(null);
  const follow = useRef<string | null>(null);
  const [dialog, setDialog] = useState<BoardDialog | null>(null);
  const [panel, setPanel] = useState<Desk["panel"]>(null);
  const [said, say] = useState<Said | null>(null);
  const pins = usePins();
  const others = useOthers(useSyncExternalStore(moveStore.subscribe, patientInMove), session.role === "staff");
  const facts = useMemo(() => ({ now, freezeHours: config.freezeHours, others }), [now, config.freezeHours, others]);
  const names = useMemo((): MoveNames => {
    const find = (id: string) =>
      newest.current?.answer.doctors.find((one) => one.id === id) ?? doctors.find((one) => one.id === id);
    return {
      doctor: (id) => find(id)?.name ?? "",
      specialty: (id) => specialtyWords(find(id)?.specialty ?? ""),
      location: (id) => (config.locations.length > 1 ? (placeOf(config, id).name ?? "") : ""),
      zone: (id) => placeOf(config, id).zone,
    };
  }, [config, doctors]);

  const { unpin, pin } = pins;
  const on = useMemo(
    () => ({
      done(write: Write, after: Appointment, version: number) {
        if (write.kind === "move") unpin(after.id);
        say(saidOf(write, after, version, names));
      },
      failed(write: Write, error: unknown) {
        const rule = ruleOf(error);
        const asks = rule !== null && write.kind !== "attendance" && write.override === undefined;
        setDialog(asks ? { kind: "reason", write, rules: [rule] } : { kind: "problem", write, error });
      },
    }),
    [unpin, names],
  );
  const writes = useWrites(on);
  const { run } = writes;

  const drop = useCallback(() => {
    const move = moveStore.get();
    moveStore.set(null);
    if (!move || !newest.current) return;
    const { appointment } = move;
    // Once more, with the newest data: what was free when the card was drawn may be taken now.
    const judgement = judgeMove(newest.current, move, facts);
    const slotId = judgement.cell?.slot?.id;
    if (judgement.tone === "same") return;
    if (judgement.tone === "no" || slotId === undefined) {
      const { head, state } = consequence(appointment, judgement, names);
      return say({ text: t`Not moved. ${[head, state].filter((part) => part !== "").join(": ")}` });
    }
    if (move.by === "keys") follow.current = appointment.id;
    const write = { kind: "move", appointment, slotId } as const;
    if (judgement.tone === "ask") setDialog({ kind: "reason", write, rules: judgement.rules });
    else void run(write);
  }, [facts, names, run]);

  const mark = useCallback<Desk["mark"]>(
    (appointment, status) => void run({ kind: "attendance", appointment, status }),
    [run],
  );
  const park = useCallback(
    (appointment: BoardAppointment) => {
      pin(appointment.id);
      say({ text: t`${appointment.patientName} is parked, and keeps the time until it is dropped elsewhere.` });
    },
    [pin],
  );
  const know = useCallback((board: Board | null) => {
    newest.current = board;
  }, []);
  const parked = useCallback((id: string) => pins.items.find((one) => one.id === id) ?? null, [pins]);
  return {
    facts,
    names,
    pins,
    writes,
    newest,
    know,
    follow,
    dialog,
    setDialog,
    panel,
    setPanel,
    said,
    say,
    drop,
    mark,
    park,
    parked,
  };
}

const NONE: Facts["others"] = [];

/** The appointments to come of the patient who is being moved, which may be on no board. */
function useOthers(patientId: string | null, enabled: boolean): Facts["others"] {
  const { data } = useQuery({
    queryKey: ["appointments", "of", patientId],
    queryFn: async ({ signal }) => {
      const path = `/appointments${query({ patientId: patientId ?? "", when: "upcoming", limit: 50 })}`;
      const { items } = (await send<z.infer<typeof Appointments>>(path, { signal })).data;
      return items.filter(({ slotId }) => slotId !== null);
    },
    enabled: enabled && patientId !== null,
  });
  return patientId === null ? NONE : (data ?? NONE);
}

function saidOf(write: Write, after: Appointment, version: number, names: MoveNames): Said {
  const name = after.patientName;
  if (write.kind === "cancel") return { text: t`${name}: cancelled` };
  if (write.kind === "attendance") return { text: `${name}: ${statusWords(after.status)}` };
  const when = asWritten(after.startsAt, [names.zone(after.locationId)]);
  const doctor = names.doctor(after.doctorId);
  if (write.undoes) return { text: t`${name}: back on ${when}, ${doctor}` };
  const text = t`${name}: moved to ${when}, ${doctor}`;
  const { slotId } = write.appointment;
  if (slotId === null) return { text };
  const { id, status, patientId, doctorId, locationId, startsAt, endsAt } = after;
  const now = {
    id,
    status,
    patientId,
    patientName: name,
    doctorId,
    locationId,
    startsAt,
    endsAt,
    slotId: after.slotId,
  };
  const appointment = { ...write.appointment, ...now, version };
  const override = { reason: t`Undo of a move made a moment ago` };
  return { text, undo: { kind: "move", appointment, slotId, override, undoes: true } };
}
