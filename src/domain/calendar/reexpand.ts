import { addDays } from "#domain/clinic-time.ts";
import { diffSlots } from "#domain/schedule/diff.ts";
import { expandSchedule, MAX_EXPANDED_DAYS } from "#domain/schedule/expand.ts";
import type { ScheduleException, Session, WantedSlot } from "#domain/schedule/model.ts";
import { bare, hasLeft } from "./closures.ts";
import type { Calendar, CalendarDoctor, NewSlot, SlotPlan, StoredSlot } from "./model.ts";
import { isSettled } from "./model.ts";

/** The clinic dates `[from, to)` for which a schedule has slots: from today to the end of the horizon. */
export function releasedDates(calendar: Calendar): { from: string; to: string } {
  return { from: calendar.today, to: addDays(calendar.today, calendar.horizonDays) };
}

/**
 * The slots of a doctor's schedule on the clinic dates `[from, to)`, up to the date on which the doctor leaves. A slot
 * of both a weekly and an extra session belongs to the weekly one.
 */
export function wantedSlots(calendar: Calendar, doctor: CalendarDoctor, from: string, to: string): NewSlot[] {
  const expand = (sessions: readonly Session[], exceptions: readonly ScheduleException[]): WantedSlot[] =>
    expandSchedule({
      sessions,
      exceptions,
      locations: calendar.locations,
      doctorSlotMinutes: doctor.slotMinutes,
      policySlotMinutes: calendar.policySlotMinutes,
      from,
      to,
    }).slots;
  const extras = doctor.exceptions.filter(({ kind }) => kind === "extra");
  const ofTemplate = extras.length > 0 ? new Set(expand(doctor.sessions, []).map(keyOf)) : null;
  const wanted = expand(doctor.sessions, doctor.exceptions).filter(({ date }) => !hasLeft(doctor, date));
  return wanted.map((slot) => ({
    doctorId: doctor.id,
    locationId: slot.locationId,
    startsAt: slot.startsAt,
    endsAt: slot.endsAt,
    date: slot.date,
    status: slot.status,
    closedBy: slot.closedBy ?? null,
    byHand: null,
    origin: ofTemplate === null || ofTemplate.has(keyOf(slot)) ? "template" : "extra",
  }));
}

/**
 * The plan that turns a doctor's future slots into those of the schedule, and keeps every slot that still fits. `after` is
 * the calendar with the change; `slots` are all of the doctor's slots that have not ended. Slots that staff changed by
 * hand and settled ones stay, and no slot is added where they are.
 */
export function planReexpansion(after: Calendar, doctor: CalendarDoctor, slots: readonly StoredSlot[]): SlotPlan {
  const released = releasedDates(after);
  // A longer horizon in the past may have left slots beyond its end; they follow the new schedule too.
  const dates = new Set(slots.map(({ date }) => date));
  const last = [...dates].reduce((latest, date) => (date > latest ? date : latest), released.from);
  const most = addDays(released.from, MAX_EXPANDED_DAYS);
  const beyond = [released.to, addDays(last, 1)].toSorted().at(-1) ?? released.to;
  const wanted = new Map(
    wantedSlots(after, doctor, released.from, beyond < most ? beyond : most)
      .filter((slot) => slot.startsAt > after.now && (slot.date < released.to || dates.has(slot.date)))
      .map((slot) => [keyOf(slot), slot]),
  );
  const existing = slots.map((slot) => ({
    ...slot,
    byHand: slot.byHand !== null || isSettled(slot, after.now),
  }));
  const diff = diffSlots(existing, [...wanted.values()].map(asWanted));
  const byId = new Map(slots.map((slot) => [slot.id, slot]));
  const changes = new Map(diff.change.map((change) => [change.id, change]));
  const set = [...changes].flatMap(([id, { status, closedBy = null }]) => {
    const slot = byId.get(id);
    return slot ? [{ ...bare(slot), id, status, closedBy }] : [];
  });
  const closed = set.filter(({ id, status }) => status === "closed" && byId.get(id)?.status === "open");
  return {
    add: diff.add.flatMap((slot) => wanted.get(keyOf(slot)) ?? []),
    set,
    remove: diff.remove,
    displace: [...diff.remove, ...closed.map(({ id }) => id)],
  };
}

/**
 * The missing slots up to the end of the horizon. Stored slots stay, and no slot is added where they are. So extending
 * displaces no appointment, and extending again adds nothing.
 */
export function planExtension(calendar: Calendar, doctor: CalendarDoctor, slots: readonly StoredSlot[]): NewSlot[] {
  const { from, to } = releasedDates(calendar);
  const wanted = new Map(
    wantedSlots(calendar, doctor, from, to)
      .filter(({ startsAt }) => startsAt > calendar.now)
      .map((slot) => [keyOf(slot), slot]),
  );
  const existing = slots.map((slot) => ({ ...slot, byHand: true }));
  return diffSlots(existing, [...wanted.values()].map(asWanted)).add.flatMap((slot) => wanted.get(keyOf(slot)) ?? []);
}

export function keyOf(slot: { startsAt: number; endsAt: number; locationId: string }): string {
  return `${slot.startsAt} ${slot.endsAt} ${slot.locationId}`;
}

function asWanted({ startsAt, endsAt, date, locationId, status, closedBy }: NewSlot): WantedSlot {
  const state = closedBy === "holiday" || closedBy === "absence" ? { status, closedBy } : { status };
  return { startsAt, endsAt, date, locationId, ...state };
}
