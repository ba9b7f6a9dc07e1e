import type { OpeningsSearch } from "./queries.ts";
import type { QueueTab } from "./queue/queries.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The members of an address that are texts. */
function texts<Name extends string>(search: Record<string, unknown>, ...names: Name[]): Partial<Record<Name, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name];
      return typeof value === "string" && value !== "" ? [[name, value]] : [];
    }),
  ) as Partial<Record<Name, string>>;
}

export const readPatientsSearch = (search: Record<string, unknown>): { q?: string } => texts(search, "q");

/** `move`: the appointment that gets the new time. `slotId`: a time that is booked at once, chosen on another screen. */
export function readOpeningsSearch(
  search: Record<string, unknown>,
): OpeningsSearch & { move?: string; slotId?: string } {
  const { from, ...read } = texts(search, "doctorId", "specialty", "locationId", "from", "move", "slotId");
  return { ...read, ...(from !== undefined && DATE.test(from) ? { from } : {}) };
}

/** `id`: the case that is shown. */
export function readQueueSearch(search: Record<string, unknown>): { tab?: QueueTab; id?: string } {
  const { tab, id } = texts(search, "tab", "id");
  return {
    ...(tab === "open" || tab === "mine" || tab === "done" ? { tab } : {}),
    ...(id === undefined ? {} : { id }),
  };
}
