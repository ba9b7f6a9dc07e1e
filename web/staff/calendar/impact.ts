import { plural, t } from "@lingui/core/macro";
import type { Impact } from "#contract/answers/schedule.ts";

export interface Counts {
  keep: number;
  move: number;
  staff: number;
  unreachable: number;
}

/** The effect of a change, in four numbers. Patients who cannot be reached are counted among the moved or placed as well. */
export function countsOf({ unchanged, reassigned, toPlace }: Impact): Counts {
  const unreachable = [...reassigned, ...toPlace].filter((one) => one.unreachable).length;
  return { keep: unchanged, move: reassigned.length, staff: toPlace.length, unreachable };
}

/** Warnings to staff before they apply the change, each as a sentence. */
export function warningsOf({ reassigned, toPlace }: Impact): string[] {
  const { length: unreachable } = [...reassigned, ...toPlace].filter((one) => one.unreachable);
  const { length: frozen } = toPlace.filter(({ why }) => why.code === "frozen");
  return [
    unreachable > 0 &&
      plural(unreachable, {
        one: "# patient has neither a phone number nor an e-mail address that works. A letter may be needed.",
        other: "# patients have neither a phone number nor an e-mail address that works. Letters may be needed.",
      }),
    frozen > 0 &&
      plural(frozen, {
        one: "# appointment starts so soon that staff must call the patient.",
        other: "# appointments start so soon that staff must call the patients.",
      }),
  ].filter((one) => one !== false);
}

/** The differences from a stale preview, each as a sentence; empty where only times in between have changed. */
export function differencesSince(before: Impact, now: Impact): string[] {
  const placesOf = (impact: Impact) =>
    new Map<string, { name: string; to: string }>([
      ...impact.reassigned.map((one) => [one.appointmentId, { name: one.patientName, to: one.to.startsAt }] as const),
      ...impact.toPlace.map((one) => [one.appointmentId, { name: one.patientName, to: "" }] as const),
    ]);
  const [old, fresh] = [placesOf(before), placesOf(now)];
  const named = (names: string[]) => names.slice(0, 5).join(", ") + (names.length > 5 ? " …" : "");
  const added = [...fresh].flatMap(([id, { name }]) => (old.has(id) ? [] : [name]));
  const gone = [...old].flatMap(([id, { name }]) => (fresh.has(id) ? [] : [name]));
  const other = [...fresh].flatMap(([id, { name, to }]) => (old.has(id) && old.get(id)?.to !== to ? [name] : []));
  const [more, fewer, moved] = [named(added), named(gone), named(other)];
  return [
    added.length > 0 && t`Newly affected: ${more}`,
    gone.length > 0 && t`No longer affected: ${fewer}`,
    other.length > 0 && t`Another result: ${moved}`,
  ].filter((one) => one !== false);
}
