import type { CalendarChange } from "#domain/calendar/change.ts";
import type { Calendar, SlotPlan, StoredSlot } from "#domain/calendar/model.ts";
import { sha256, toHex } from "#lib/encoding.ts";

/** The appointments that a change affects: the booked slots that are lost, and how many within its reach are not. */
export interface Affected {
  /**
   * Names this change and the appointments that it displaces, each in its version. It is another one as soon as other
   * appointments or versions are affected. Which slots they could be given is not in it.
   */
  fence: string;
  lost: StoredSlot[];
  unchanged: number;
}

export async function affectedBy(calendar: Calendar, change: CalendarChange, plan: SlotPlan): Promise<Affected> {
  const displace = new Set(plan.displace);
  const booked = calendar.slots.filter(({ appointment }) => appointment && !appointment.settled);
  const lost = booked.filter(({ id }) => displace.has(id));
  const versions = lost.map(({ appointment }) => `${appointment?.id} ${appointment?.version}`).sort();
  return { fence: await fenceOf([change, versions]), lost, unchanged: booked.length - lost.length };
}

/** 128 bits in hexadecimal that differ as soon as the parts do. */
export async function fenceOf(parts: readonly unknown[]): Promise<string> {
  return toHex((await sha256(JSON.stringify(parts))).subarray(0, 16));
}

/** A preview's name, which shows whether the preview is still valid. */
export function tokenOf(fence: string): string {
  return `${fence}.${crypto.randomUUID()}`;
}

export function isOf(fence: string, token: string): boolean {
  return token.split(".", 1)[0] === fence;
}
