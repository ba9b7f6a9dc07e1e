import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import type { PartOfDay } from "#domain/part-of-day.ts";
import { hourOf } from "#kit/time/format.ts";
import { placeOf } from "#kit/appointments/place.ts";

const byStart = (one: Slot, other: Slot) => Date.parse(one.startsAt) - Date.parse(other.startsAt);

/**
 * The times to offer for a day, earliest first. With any doctor, each time at a location is offered once in each specialty.
 * Only doctors of one specialty can replace each other. Its doctor varies between times, but is the same at every refresh.
 * @param doctors the clinic's, where any doctor will do; null: one doctor was chosen
 */
export function pickTimes(slots: Slot[], doctors: readonly Doctor[] | null): Slot[] {
  if (!doctors) return slots.toSorted(byStart);
  const specialties = new Map(doctors.map(({ id, specialty }) => [id, specialty]));
  const times = new Map<string, Slot>();
  for (const slot of slots) {
    const key = JSON.stringify([slot.startsAt, slot.locationId, specialties.get(slot.doctorId)]);
    const rival = times.get(key);
    if (!rival || mix(slot.id) < mix(rival.id)) times.set(key, slot);
  }
  return [...times.values()].toSorted(byStart);
}

/** A hash of an id (FNV-1a, 32 bit), because the order of ids follows the doctors. */
function mix(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Times by part of the day; parts without any are left out. */
export function partsOfDay(slots: Slot[], config: Config): [PartOfDay, Slot[]][] {
  const parts: [PartOfDay, Slot[]][] = [
    ["morning", []],
    ["afternoon", []],
    ["evening", []],
  ];
  for (const slot of slots) {
    const hour = hourOf(slot.startsAt, placeOf(config, slot.locationId).zone);
    parts[hour < 12 ? 0 : hour < 17 ? 1 : 2]?.[1].push(slot);
  }
  return parts.filter(([, members]) => members.length > 0);
}
