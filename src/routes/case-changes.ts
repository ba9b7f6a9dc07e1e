import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod/v4";
import { Appointment, IfMatch } from "#contract/appointments.ts";
import { CancelCase, ContactLater, PlaceCase, PlaceCases, PlacedCases, PlacementCase } from "#contract/cases.ts";
import { Id } from "#contract/common.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { CaseRow } from "#db/queries/cases.ts";
import { cancel } from "#db/transactions/cancel.ts";
import { claimCase, contactLater, releaseCase } from "#db/transactions/claim-case.ts";
import { place } from "#db/transactions/place.ts";
import { type NotPlaced, type PlacedCase, placeCases } from "#db/transactions/place-cases.ts";
import type { Refusal } from "#db/transactions/subject.ts";
import type { Outcome } from "#db/verb.ts";
import { whyInWords } from "#domain/placement.ts";
import type { App } from "#src/context.ts";
import { unavailable } from "#http/problems/problem.ts";
import { actOf, commit, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { answerAppointment } from "#http/answer-appointment.ts";
import { caseOf, slotOf } from "#http/presenters/rows.ts";
import { refusalOf } from "#http/problems/refusal.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { body, json, router, writeProblems } from "#http/router.ts";
import { etagOf, versioned, versionedProblems } from "#http/etag.ts";

const params = z.object({ id: Id });
const shared = { tags: ["Placement"], middleware: authenticate("staff") };

/** What every change of a case can be answered with, besides its own refusals. */
function answers<Schema>(schema: Schema, description: string, ...codes: ProblemCode[]) {
  return {
    200: versioned(schema, description),
    ...versionedProblems("not-found", "case-claimed", "wrong-state", ...codes),
  };
}

const claim = createRoute({
  ...shared,
  method: "post",
  path: "/cases/{id}/claim",
  operationId: "claimCase",
  summary: "Take a case to work on, or keep it for longer",
  request: { params, headers: IfMatch },
  responses: answers(PlacementCase, "Yours until `claim.expiresAt`"),
});

const release = createRoute({
  ...shared,
  method: "delete",
  path: "/cases/{id}/claim",
  operationId: "releaseCase",
  summary: "Hand a case back; repeatable",
  request: { params },
  responses: answers(PlacementCase, "Nobody's (any more)"),
});

const placeOne = createRoute({
  ...shared,
  method: "post",
  path: "/cases/{id}/place",
  operationId: "placeCase",
  summary: "Put the appointment into a free slot, or change nothing",
  request: { params, headers: IfMatch, body: body(PlaceCase) },
  responses: answers(
    Appointment,
    "Placed; the ETag is the appointment's",
    "slot-taken",
    "slot-unsuitable",
    "overlaps-own-appointment",
  ),
});

const placeAll = createRoute({
  ...shared,
  method: "post",
  path: "/cases/place",
  operationId: "placeCases",
  summary: "Place the best matches of several cases at once, never two into one slot",
  request: { body: body(PlaceCases) },
  responses: {
    200: json(PlacedCases, "What became of each; those not placed stay in the queue"),
    ...writeProblems(),
  },
});

const contact = createRoute({
  ...shared,
  method: "post",
  path: "/cases/{id}/contact-later",
  operationId: "contactLater",
  summary: "Note when the patient is to be called again, and hand the case back until then",
  request: { params, headers: IfMatch, body: body(ContactLater) },
  responses: answers(PlacementCase, "Noted"),
});

const cancelOne = createRoute({
  ...shared,
  method: "post",
  path: "/cases/{id}/cancel",
  operationId: "cancelCase",
  summary: "Cancel the appointment instead of placing it",
  request: { params, headers: IfMatch, body: body(CancelCase) },
  responses: answers(Appointment, "Cancelled; the ETag is the appointment's"),
});

export const caseChanges = router()
  .openapi(claim, async (c) => answerCase(c, claimCase(c.get("services").db, await actOf(c, null), subjectOf(c))))
  .openapi(release, async (c) => {
    return answerCase(c, releaseCase(c.get("services").db, await actOf(c, null), c.req.valid("param").id));
  })
  .openapi(placeOne, async (c) => {
    const { slotId, agreed = false, override = null } = c.req.valid("json");
    const act = await actOf(c, c.req.valid("json"));
    const verb = place(c.get("services").db, act, subjectOf(c), { slotId, agreed, override });
    return answerAppointment(c, verb);
  })
  .openapi(placeAll, async (c) => {
    const { ids } = c.req.valid("json");
    const outcome = await commit(c, placeCases(c.get("services").db, await actOf(c, c.req.valid("json")), ids));
    if (outcome.kind === "refused") throw unavailable(1);
    scheduleNotifications(c, outcome.dueAt);
    const items = outcome.result.map(placedOf);
    return c.json({ items, placed: items.filter(({ slot }) => slot !== null).length }, 200);
  })
  .openapi(contact, async (c) => {
    const { at, note = null } = c.req.valid("json");
    const act = await actOf(c, c.req.valid("json"));
    return answerCase(c, contactLater(c.get("services").db, act, subjectOf(c), { at: Date.parse(at), note }));
  })
  .openapi(cancelOne, async (c) => {
    const { by, code, note = null } = c.req.valid("json").reason;
    const act = await actOf(c, c.req.valid("json"));
    const input = { ...subjectOf(c), reason: { by, code, note }, patientId: null, override: null };
    return answerAppointment(c, cancel(c.get("services").db, act, input));
  });

function subjectOf(c: Context<App>) {
  return { caseId: c.req.param("id") ?? "", versions: versionsOf(c) };
}

/** The changed case with its new ETag, the same on a replay; or why nothing changed. */
async function answerCase(c: Context<App>, verb: Promise<Outcome<CaseRow, Refusal>>) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw refusalOf(c, outcome);
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
      return "It has been placed or cancelled meanwhile.";
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
