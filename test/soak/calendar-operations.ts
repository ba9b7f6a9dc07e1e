import type { Person } from "#test/support/small-clinic.ts";
import type { SoakClinic } from "./clinic.ts";
import { type Dice, type Memory, type Operation, drop } from "./operation.ts";
import type { Reply } from "./wire.ts";

/** Limit of closures at one time: enough to disturb all clients, and the clinic still has slots. */
const MOST = { slots: 24, absences: 3, holidays: 1 };

/** Staff close something, or open again what they have closed; most often a single slot, sometimes a whole day. */
export function calendarOperation(clinic: SoakClinic, memory: Memory, dice: Dice, person: Person): Operation {
  const which = dice.weighted([5, 2, 2]);
  if (which === 0) return slotOperation(clinic, memory, dice, person);
  return which === 1 ? absence(clinic, memory, dice, person) : holiday(clinic, memory, dice, person);
}

const agreedTo = (shown?: Reply): { previewToken: string } => ({ previewToken: shown?.body.token });

const opensAgain = (dice: Dice, list: unknown[], most: number): boolean =>
  list.length >= most || (list.length > 0 && dice.next() < 0.4);

function slotOperation(clinic: SoakClinic, memory: Memory, dice: Dice, person: Person): Operation {
  const opens = opensAgain(dice, memory.closedSlots, MOST.slots);
  const slotId = dice.pick(opens ? memory.closedSlots : clinic.slots);
  const status = opens ? "open" : "closed";
  return {
    name: "slot.change",
    person,
    preview: { method: "POST", path: `/slots/${slotId}/preview`, body: { status } },
    ask: (shown) => ({ method: "PATCH", path: `/slots/${slotId}`, body: { status, ...agreedTo(shown) } }),
    changed: () => [slotId],
    learn() {
      if (opens) drop(memory.closedSlots, slotId);
      else memory.closedSlots.push(slotId);
    },
    forget: () => drop(memory.closedSlots, slotId),
  };
}

function absence(clinic: SoakClinic, memory: Memory, dice: Dice, person: Person): Operation {
  if (opensAgain(dice, memory.absences, MOST.absences)) {
    const known = dice.pick(memory.absences);
    const path = `/doctors/${known.doctorId}/exceptions/${known.id}`;
    return {
      name: "exception.remove",
      person,
      preview: { method: "POST", path: `${path}/preview` },
      ask: (shown) => ({ method: "DELETE", path: `${path}?${new URLSearchParams(agreedTo(shown))}` }),
      changed: () => [known.id],
      learn: () => drop(memory.absences, known),
      forget: () => drop(memory.absences, known),
    };
  }
  const doctorId = dice.pick(clinic.doctors).id;
  const at = 1 + dice.below(clinic.dates.length - 2);
  const date = clinic.dates[at];
  const hours = dice.next() < 0.5 ? { from: "08:00", to: "13:30" } : {};
  const body = { kind: "absence", fromDate: date, toDate: date, ...hours };
  return {
    name: "exception.add",
    person,
    preview: { method: "POST", path: `/doctors/${doctorId}/exceptions/preview`, body },
    ask: (shown) => ({
      method: "POST",
      path: `/doctors/${doctorId}/exceptions`,
      body: { ...body, ...agreedTo(shown) },
    }),
    changed: ({ body: { id } }) => [id],
    learn: ({ body: { id } }) => void memory.absences.push({ id, doctorId }),
  };
}

function holiday(clinic: SoakClinic, memory: Memory, dice: Dice, person: Person): Operation {
  if (opensAgain(dice, memory.holidays, MOST.holidays)) {
    const id = dice.pick(memory.holidays);
    return {
      name: "holiday.remove",
      person,
      preview: { method: "POST", path: `/holidays/${id}/preview` },
      ask: (shown) => ({ method: "DELETE", path: `/holidays/${id}?${new URLSearchParams(agreedTo(shown))}` }),
      changed: () => [id],
      learn: () => drop(memory.holidays, id),
      forget: () => drop(memory.holidays, id),
    };
  }
  const body = { date: clinic.dates[1 + dice.below(clinic.dates.length - 2)], name: "Day of the Soak" };
  const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);
  return {
    name: "holiday.add",
    person,
    preview: { method: "POST", path: "/holidays/preview", body },
    ask: (shown) => ({ method: "POST", path: "/holidays", body: { ...body, ...agreedTo(shown) } }),
    changed: ({ body: { items } }) => idsOf(items),
    learn: ({ body: { items } }) => void memory.holidays.push(...idsOf(items)),
  };
}
