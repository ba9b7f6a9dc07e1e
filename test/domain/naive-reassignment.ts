import type { CandidateSlot, DisplacedAppointment, Limits, Plan, Weights } from "#domain/reassignment/model.ts";

/** The rules of reassignment once more, in the plainest way, and sharing nothing with the solver. */
export interface Given {
  displaced: readonly DisplacedAppointment[];
  candidates: readonly CandidateSlot[];
  weights: Weights;
  limits: Limits;
}

/** How good a plan is: more placed is better, then less cost. */
export interface Value {
  placed: number;
  cost: number;
}

const HOUR = 3_600_000;

export function naiveCost(a: DisplacedAppointment, s: CandidateSlot, w: Weights): number {
  let points = Math.abs(s.day - a.day) * w.dayPoints + (Math.abs(s.minute - a.minute) / 60) * w.hourPoints;
  if (s.startsAt < a.startsAt) points += w.earlierPoints;
  if (s.doctorId !== a.doctorId) points += w.doctorPoints;
  if (s.locationId !== a.locationId) points += w.locationPoints;
  return Math.round(points * 60);
}

const collide = (a: { startsAt: number; endsAt: number }, b: { startsAt: number; endsAt: number }): boolean =>
  Math.max(a.startsAt, b.startsAt) < Math.min(a.endsAt, b.endsAt);

export function naivelyAllowed(a: DisplacedAppointment, s: CandidateSlot, l: Limits): boolean {
  const beyond = (start: number, hours: number): boolean => start - l.now > hours * HOUR;
  return (
    beyond(a.startsAt, l.freezeHours) &&
    beyond(s.startsAt, l.freezeHours) &&
    beyond(s.startsAt, l.minNoticeMinutes / 60) &&
    s.specialty === a.specialty &&
    s.day <= l.lastDay &&
    Math.abs(s.day - a.day) <= l.reassignDays &&
    s.endsAt - s.startsAt >= a.endsAt - a.startsAt &&
    !(a.keepsLocation && s.locationId !== a.locationId) &&
    !a.busy.some((span) => collide(span, s))
  );
}

export const isBetter = (a: Value, b: Value): boolean =>
  a.placed > b.placed || (a.placed === b.placed && a.cost < b.cost);

/** Each appointment in turn, by old start, takes the cheapest slot that is left. */
export function greedy({ displaced, candidates, weights, limits }: Given): Value {
  const taken = new Set<CandidateSlot>();
  const spans = new Map<string, CandidateSlot[]>();
  let cost = 0;
  for (const a of displaced.toSorted((x, y) => x.startsAt - y.startsAt)) {
    const mine = spans.get(a.patientId) ?? [];
    let best: CandidateSlot | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const s of candidates) {
      if (taken.has(s) || !naivelyAllowed(a, s, limits) || mine.some((other) => collide(other, s))) continue;
      const price = naiveCost(a, s, weights);
      if (price < least) [best, least] = [s, price];
    }
    if (!best) continue;
    taken.add(best);
    spans.set(a.patientId, [...mine, best]);
    cost += least;
  }
  return { placed: taken.size, cost };
}

/** Tries every plan there is. */
export function exhaustive({ displaced, candidates, weights, limits }: Given): Value {
  let best: Value = { placed: 0, cost: 0 };
  const taken: (CandidateSlot | undefined)[] = [];
  const visit = (n: number, value: Value): void => {
    const a = displaced[n];
    if (!a) {
      if (isBetter(value, best)) best = value;
      return;
    }
    visit(n + 1, value);
    for (const s of candidates) {
      if (taken.includes(s) || !naivelyAllowed(a, s, limits)) continue;
      if (taken.some((other, m) => other && displaced[m]?.patientId === a.patientId && collide(other, s))) continue;
      taken[n] = s;
      visit(n + 1, { placed: value.placed + 1, cost: value.cost + naiveCost(a, s, weights) });
      taken[n] = undefined;
    }
  };
  visit(0, best);
  return best;
}

/** Everything that is wrong with a plan, in sentences; it is not judged how good it is. */
export function faults({ displaced, candidates, weights, limits }: Given, plan: Plan): string[] {
  const found: string[] = [];
  const slots = new Map(candidates.map((slot) => [slot.slotId, slot]));
  const taken = new Map<string, string>();
  const seen = new Set<string>();
  const placed: { a: DisplacedAppointment; s: CandidateSlot }[] = [];
  const byId = new Map(displaced.map((a) => [a.appointmentId, a]));
  let cost = 0;
  for (const { appointmentId, slotId, explanation } of plan.moves) {
    const a = byId.get(appointmentId);
    const s = slots.get(slotId);
    if (!a || !s) {
      found.push(`${appointmentId} to ${slotId}: unknown`);
      continue;
    }
    if (seen.has(appointmentId)) found.push(`${appointmentId} is there twice`);
    if (taken.has(slotId)) found.push(`${slotId} is given twice`);
    seen.add(appointmentId);
    taken.set(slotId, appointmentId);
    if (!naivelyAllowed(a, s, limits)) found.push(`${appointmentId} to ${slotId} breaks a limit`);
    for (const other of placed) {
      if (other.a.patientId === a.patientId && collide(other.s, s)) found.push(`${a.patientId} is in two places`);
    }
    placed.push({ a, s });
    const price = naiveCost(a, s, weights);
    if (explanation.cost !== price) found.push(`${appointmentId} costs ${price}, not ${explanation.cost}`);
    const { days, timeOfDay, earlier, doctor, location } = explanation.parts;
    if (days + timeOfDay + earlier + doctor + location !== price) found.push(`${appointmentId}: parts do not add up`);
    cost += price;
  }
  for (const { a, s } of placed) {
    const { explanation } = plan.moves.find((move) => move.appointmentId === a.appointmentId)!;
    const possible = candidates.filter((slot) => naivelyAllowed(a, slot, limits));
    const lost = possible.filter((slot) => taken.has(slot.slotId) && naiveCost(a, slot, weights) < explanation.cost);
    if (explanation.possible !== possible.length) found.push(`${a.appointmentId}: ${possible.length} were possible`);
    if (explanation.cheaperTakenByOthers !== lost.length)
      found.push(`${a.appointmentId}: ${lost.length} cheaper taken`);
    if (explanation.daysMoved !== s.day - a.day || explanation.minutesMoved !== s.minute - a.minute) {
      found.push(`${a.appointmentId} is explained with other times`);
    }
  }
  for (const { appointmentId, why } of plan.unplaced) {
    const a = byId.get(appointmentId);
    if (!a || seen.has(appointmentId)) found.push(`${appointmentId} should not be among the unplaced`);
    seen.add(appointmentId);
    if (!a) continue;
    const frozen = a.startsAt - limits.now <= limits.freezeHours * HOUR;
    const possible = candidates.filter((slot) => naivelyAllowed(a, slot, limits)).length;
    const free = candidates.filter((slot) => slot.specialty === a.specialty).length;
    if ((why.code === "frozen") !== frozen) found.push(`${appointmentId}: frozen is ${frozen}`);
    if (why.code === "outbid" && why.possible !== possible) found.push(`${appointmentId}: ${possible} were possible`);
    if (why.code === "no-slot") {
      const refused = Object.values(why.refused).reduce((sum, count) => sum + count, 0);
      if (possible > 0) found.push(`${appointmentId} had ${possible} possible slots`);
      if (why.free !== free || refused !== free)
        found.push(`${appointmentId}: ${free} free, said ${why.free}, ${refused}`);
    }
  }
  if (seen.size !== displaced.length) found.push(`${displaced.length - seen.size} appointments are forgotten`);
  if (plan.proof.placed !== plan.moves.length) found.push(`placed is ${plan.moves.length}, not ${plan.proof.placed}`);
  if (plan.proof.cost !== cost) found.push(`the plan costs ${cost}, not ${plan.proof.cost}`);
  return found;
}
