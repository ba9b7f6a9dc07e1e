/** The true state of an appointment, or the one that a patient believes. Instants are epoch milliseconds. */
export interface Truth {
  status: "booked" | "moved" | "to-place" | "cancelled";
  startsAt: number;
  doctorId: string;
}

/**
 * Whether a patient who believes `known` (null: nothing) must be notified of `truth`. Written again, so that the
 * judge does not agree with src/domain/settle.ts for having asked it.
 */
export function isNews(known: Truth | null, truth: Truth): boolean {
  const believesToCome = known !== null && (known.status === "booked" || known.status === "moved");
  switch (truth.status) {
    case "cancelled":
      return known !== null && known.status !== "cancelled";
    case "to-place":
      return known?.status !== "to-place";
    case "booked":
    case "moved":
      return !believesToCome || known.startsAt !== truth.startsAt || known.doctorId !== truth.doctorId;
  }
}
