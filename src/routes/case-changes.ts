import type { Context } from "hono";
import type { PlacedCases } from "#contract/answers/cases.ts";
import { CancelCase, ContactLater, PlaceCase, PlaceCases } from "#contract/requests/cases.ts";
import { ById } from "#contract/common.ts";
import type { CaseRow } from "#db/queries/cases.ts";
import { cancelCase } from "#db/verbs/appointment-changes.ts";
import { claimCase, contactLater, releaseCase, place } from "#db/verbs/placement.ts";
import type { NotPlaced } from "#db/verbs/bulk-placement.ts";
import { type PlacedCase, placeCases } from "#operations/place-cases.ts";
import type { Refusal } from "#db/refusal.ts";
import type { Outcome } from "#db/call.ts";
import { whyInWords } from "#domain/placement.ts";
import type { App } from "#src/context.ts";
import { unavailable } from "#http/problems/problem.ts";
import { actOf, commit, versionsOf } from "#http/act.ts";
import { answerAppointment } from "#http/answer-appointment.ts";
import { caseOf, slotOf } from "#http/presenters/rows.ts";
import { problemOf } from "#http/problems/refusal.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const roles = ["staff"] as const;

const claim = {
  method: "post",
  path: "/cases/{id}/claim",
  operationId: "claimCase",
  roles,
  params: ById,
} satisfies Route;

const release = {
  method: "delete",
  path: "/cases/{id}/claim",
  operationId: "releaseCase",
  roles,
  params: ById,
} satisfies Route;

const placeOne = {
  method: "post",
  path: "/cases/{id}/place",
  operationId: "placeCase",
  roles,
  params: ById,
  body: PlaceCase,
} satisfies Route;

const placeAll = {
  method: "post",
  path: "/cases/place",
  operationId: "placeCases",
  roles,
  body: PlaceCases,
} satisfies Route;

const contact = {
  method: "post",
  path: "/cases/{id}/contact-later",
  operationId: "contactLater",
  roles,
  params: ById,
  body: ContactLater,
} satisfies Route;

const cancelOne = {
  method: "post",
  path: "/cases/{id}/cancel",
  operationId: "cancelCase",
  roles,
  params: ById,
  body: CancelCase,
} satisfies Route;

export const caseChanges = new Router()
  .handle(claim, async (c) => answerCase(c, claimCase(c.get("services").db, await actOf(c, null), subjectOf(c))))
  .handle(release, async (c) => {
    return answerCase(c, releaseCase(c.get("services").db, await actOf(c, null), c.req.valid("param").id));
  })
  .handle(placeOne, async (c) => {
    const { slotId, agreed = false, override = null } = c.req.valid("json");
    const act = await actOf(c, c.req.valid("json"));
    const verb = place(c.get("services").db, act, subjectOf(c), { slotId, agreed, override });
    return answerAppointment(c, verb);
  })
  .handle(placeAll, async (c) => {
    const { ids } = c.req.valid("json");
    const outcome = await commit(c, placeCases(c.get("services").db, await actOf(c, c.req.valid("json")), ids));
    if (outcome.kind === "refused") throw unavailable(1);
    scheduleNotifications(c, outcome.dueAt);
    const items = outcome.result.map(placedOf);
    return c.json({ items, placed: items.filter(({ slot }) => slot !== null).length }, 200);
  })
  .handle(contact, async (c) => {
    const { at, note = null } = c.req.valid("json");
    const act = await actOf(c, c.req.valid("json"));
    return answerCase(c, contactLater(c.get("services").db, act, subjectOf(c), { at: Date.parse(at), note }));
  })
  .handle(cancelOne, async (c) => {
    const { by, code, note = null } = c.req.valid("json").reason;
    const act = await actOf(c, c.req.valid("json"));
    const verb = cancelCase(c.get("services").db, act, { ...subjectOf(c), reason: { by, code, note } });
    return answerAppointment(c, verb);
  });

function subjectOf(c: Context<App>) {
  return { caseId: c.req.param("id") ?? "", versions: versionsOf(c) };
}

/** The changed case with its new ETag, the same on a replay; or why nothing changed. */
async function answerCase(c: Context<App>, verb: Promise<Outcome<CaseRow, Refusal>>) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw problemOf(c, outcome.why);
  return c.json(caseOf(outcome.result), 200, etagOf(outcome.result));
}

function placedOf({ slot, why, ...rest }: PlacedCase): PlacedCases["items"][number] {
  return { ...rest, slot: slot && slotOf(slot), why: why && { code: why.code, text: words(why) } };
}

function words(why: NotPlaced): string {
  switch (why.code) {
    case "not-found":
      return "There is no such case.";
    case "patient-inactive":
      return "The patient's record is switched off. Cancel the appointment, or switch the record on.";
    case "closed":
      return "It has been placed or cancelled in between.";
    case "claimed":
      return `${why.by} is working on it.`;
    case "slot-taken":
      return "Somebody else was faster each time. Try again.";
    case "frozen":
    case "no-slot":
    case "outbid":
      return whyInWords(why);
  }
}
