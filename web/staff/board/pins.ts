import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { isMovable } from "./judge.ts";

const STORED = "pinboard";

function stored(): string[] {
  const ids: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
}

export interface Pins {
  items: BoardAppointment[];
  pin: (id: string) => void;
  unpin: (id: string) => void;
}

/**
 * The pinboard: appointments parked on the way to another day. They keep their time until they are dropped. Only their ids
 * are stored, for this tab until log-out; the rest is read again.
 */
export function usePins(): Pins {
  const [ids, setIds] = useState(stored);
  const keep = useCallback((change: (ids: string[]) => string[]) => {
    setIds((before) => {
      const after = change(before);
      sessionStorage.setItem(STORED, JSON.stringify(after));
      return after;
    });
  }, []);
  const results = useQueries({ queries: ids.map((id) => appointmentQuery(id)) });
  const items = results.flatMap(({ data }) => {
    if (!data) return [];
    const { appointment: a, etag } = data;
    const { id, status, patientId, patientName, slotId, doctorId, locationId, startsAt, endsAt } = a;
    const known = { id, status, patientId, patientName, slotId, doctorId, locationId, startsAt, endsAt };
    const item: BoardAppointment = {
      ...known,
      version: Number(etag.replaceAll('"', "")),
      phone: null,
      phoneE164: null,
      reason: null,
      willCome: false,
      arrivedAt: null,
    };
    return isMovable(item) ? [item] : [];
  });
  const pin = useCallback((id: string) => keep((before) => (before.includes(id) ? before : [...before, id])), [keep]);
  const unpin = useCallback((id: string) => keep((before) => before.filter((one) => one !== id)), [keep]);
  const signature = items.map(({ id, version }) => `${id} ${version}`).join();
  // The results are new objects at each render; what is in them seldom is.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => ({ items, pin, unpin }), [signature, pin, unpin]);
}
