import { type Interval, normalise, overlapsAny } from "#domain/interval.ts";
import type { ClosedBy, WantedSlot } from "./model.ts";

/** The members of a doctor's stored slot for re-expansion. */
export interface ExistingSlot {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly locationId: string;
  readonly status: "open" | "closed";
  readonly closedBy?: string | null;
  /**
   * True for slots that staff added, moved, closed or reopened by hand. True for the mark at the old time of a deleted or
   * moved slot. The template neither removes nor changes these, and adds no slot where they are.
   */
  readonly byHand?: boolean;
}

export interface SlotDiff {
  /** Ids of slots that stay, of any status; ascending by start. */
  readonly keep: string[];
  /** Kept slots whose status differs from the schedule's. */
  readonly change: { readonly id: string; readonly status: "open" | "closed"; readonly closedBy?: ClosedBy }[];
  /** Slots to insert. They overlap no kept slot, but may overlap removed ones: remove first. */
  readonly add: WantedSlot[];
  /** Ids of slots that no longer fit. */
  readonly remove: string[];
  /** Wanted slots that are not added because they overlap a slot changed by hand. */
  readonly blocked: WantedSlot[];
}

/**
 * The difference between a doctor's stored slots and the wanted ones, as small as possible. A stored slot with the same
 * start, end and location keeps its id, so its hold and appointment are unaffected. After the difference is applied, the
 * next difference is empty.
 *
 * Both lists must cover the same time, and `wanted` must not overlap itself (as `expandSchedule` gives it). The caller
 * leaves out slots that have begun, because the past never changes.
 */
export function diffSlots(existing: readonly ExistingSlot[], wanted: readonly WantedSlot[]): SlotDiff {
  const diff: SlotDiff = { keep: [], change: [], add: [], remove: [], blocked: [] };
  const byHand: Interval[] = [];
  const unclaimed = new Map<string, WantedSlot>();
  for (const slot of wanted) unclaimed.set(keyOf(slot), slot);
  for (const slot of existing) if (slot.byHand) byHand.push({ start: slot.startsAt, end: slot.endsAt });
  const occupied = normalise(byHand);

  for (const slot of existing.toSorted((a, b) => a.startsAt - b.startsAt)) {
    if (slot.byHand) {
      diff.keep.push(slot.id);
      continue;
    }
    const match = unclaimed.get(keyOf(slot));
    if (!match || overlapsAny(occupied, { start: slot.startsAt, end: slot.endsAt })) {
      diff.remove.push(slot.id);
      continue;
    }
    unclaimed.delete(keyOf(slot));
    diff.keep.push(slot.id);
    if (slot.status !== match.status || (slot.closedBy ?? undefined) !== match.closedBy) {
      const { status, closedBy } = match;
      diff.change.push(closedBy === undefined ? { id: slot.id, status } : { id: slot.id, status, closedBy });
    }
  }
  const exactlyByHand = new Set(existing.filter((slot) => slot.byHand).map(keyOf));
  for (const [key, slot] of unclaimed) {
    if (exactlyByHand.has(key)) continue;
    if (overlapsAny(occupied, { start: slot.startsAt, end: slot.endsAt })) diff.blocked.push(slot);
    else diff.add.push(slot);
  }
  return diff;
}

function keyOf(slot: { readonly startsAt: number; readonly endsAt: number; readonly locationId: string }): string {
  return `${slot.startsAt} ${slot.endsAt} ${slot.locationId}`;
}
