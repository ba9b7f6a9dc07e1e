import { type Context, Hono } from "hono";
import { linkToken } from "#adapters/links.ts";
import { openMailLink } from "#adapters/mail-links.ts";
import { MailLinkForm } from "#contract/requests/mail-links.ts";
import { type MailLink, type MailLinkRow, findMailLink } from "#db/queries/mail-links.ts";
import { answerMailLink } from "#db/verbs/mail-links.ts";
import { catalogueOf } from "#domain/message/catalogue.ts";
import type { Catalogue } from "#domain/message/texts.ts";
import { periodOf } from "#domain/message/when.ts";
import { type PlainPage, askedLanguage, plainPage } from "#http/plain-page.ts";
import { scheduleNotification } from "#http/schedule-notification.ts";
import type { App } from "#src/context.ts";

/**
 * `/links/{token}`: a link in a mail that answers it without a login. Opening it changes nothing, for programs open links
 * before people do: it says what is true and has one button. Only the form of that page acts: it proves the version of the
 * appointment that the page showed. Repeating it is harmless.
 */
export const mailLinks = new Hono<App>()
  .get("/:token", async (c) => {
    const link = await linkOf(c);
    if (!link) return unknown(c);
    const row = await findMailLink(c.get("services").db, link);
    return show(c, link, row, statusOf(row, 200));
  })
  .post("/:token", async (c) => {
    const link = await linkOf(c);
    if (!link) return unknown(c);
    const { db } = c.get("services");
    const version = await shownVersion(c);
    if (version === null) {
      const row = await findMailLink(db, link);
      return show(c, link, row, statusOf(row, 400));
    }
    const answering = answerMailLink(db, link, version, c.get("requestId"));
    c.executionCtx.waitUntil(answering.catch(() => undefined));
    const answer = await answering;
    scheduleNotification(c, link.appointmentId, answer.dueAt);
    return show(c, link, answer.link, statusOf(answer.link, answer.done || isDone(link, answer.link) ? 200 : 409));
  });

type Status = Parameters<typeof plainPage>[2];

function linkOf(c: Context<App>): Promise<MailLink | null> {
  return openMailLink(c.get("services").env.LINK_SECRET, c.req.param("token") ?? "");
}

/** The proof in a page's form: it belongs to this link and this version of the appointment. */
function formProof(c: Context<App>, version: number): Promise<string> {
  const token = c.req.param("token") ?? "";
  return linkToken(c.get("services").env.LINK_SECRET, "mail-link-form", token, String(version));
}

/** The version that the page of this form showed; null for anything but its own form. */
async function shownVersion(c: Context<App>): Promise<number | null> {
  if (!c.req.header("Content-Type")?.startsWith("application/x-www-form-urlencoded")) return null;
  const sent = MailLinkForm().safeParse(Object.fromEntries(new URLSearchParams(await c.req.text())));
  if (!sent.success) return null;
  const [version = "", proof] = sent.data.form.split(".");
  return proof === (await formProof(c, Number(version))) ? Number(version) : null;
}

/** Whether what the link asks for is so already. */
function isDone({ purpose }: MailLink, { state, appointment }: MailLinkRow): boolean {
  if (purpose === "cancel") return state === "cancelled";
  if (state !== "current" || !appointment) return false;
  return purpose === "come" ? appointment.willCome : !appointment.unanswered;
}

/** A link that is of no use says so by its status too. */
function statusOf({ state }: MailLinkRow, otherwise: Status): Status {
  if (state === "gone") return 404;
  return state === "over" ? 410 : otherwise;
}

/** A token that was cut short or made up: nothing is known, not even the patient's language. */
function unknown(c: Context<App>) {
  const { tag, stop, answer, actions } = catalogueOf(askedLanguage(c));
  const links = [{ label: actions.see, url: "/appointments" }];
  const page = { tag, clinicName: null, title: stop.invalidTitle, paragraphs: [answer.cut], button: null, links };
  return plainPage(c, page, 404);
}

async function show(c: Context<App>, link: MailLink, row: MailLinkRow, status: Status) {
  const texts = catalogueOf(row.language);
  const about = row.appointment;
  const asks = about !== null && row.state === "current" && !isDone(link, row) && !isFrozen(link, row);
  const labels = { come: texts.actions.come, fine: texts.actions.fine, cancel: texts.actions.cancel };
  const form = asks ? `${about.version}.${await formProof(c, about.version)}` : "";
  return plainPage(
    c,
    {
      tag: texts.tag,
      clinicName: row.clinicName,
      ...wordsOf(texts, link, row, status),
      button: asks ? { label: labels[link.purpose], fields: { form } } : null,
      links: linksOf(texts, link, row),
    },
    status,
  );
}

const isFrozen = ({ purpose }: MailLink, { appointment }: MailLinkRow) =>
  purpose === "cancel" && appointment?.frozen === true;

function wordsOf(
  texts: Catalogue,
  link: MailLink,
  row: MailLinkRow,
  status: Status,
): Pick<PlainPage, "title" | "paragraphs"> {
  const { answer, stop, heading, opening, byPhone } = texts;
  const { state, phone, appointment } = row;
  if (state === "gone") return { title: stop.invalidTitle, paragraphs: [answer.invalid(phone)] };
  if (state === "over" || !appointment) return { title: answer.overTitle, paragraphs: [answer.over(phone)] };
  const { name, address, only } = appointment.location;
  const place = [periodOf(texts, appointment), only ? address : `${name}, ${address}`];
  if (state === "cancelled") return { title: answer.done.cancel, paragraphs: place.slice(0, 1) };
  if (state === "to-place") return { title: heading["being-placed"], paragraphs: [opening["being-placed"]] };
  if (state === "changed") return { title: answer.changedTitle, paragraphs: [...place, answer.changed] };
  if (isDone(link, row)) return { title: answer.done[link.purpose], paragraphs: place };
  if (isFrozen(link, row)) return { title: answer.frozenTitle, paragraphs: [...place, byPhone(phone)] };
  const again = status === 200 ? [] : [answer.pressAgain];
  return { title: answer.ask[link.purpose], paragraphs: [...place, ...again] };
}

/** Links that need a login: to the appointment, and to other times. */
function linksOf({ actions }: Catalogue, { appointmentId }: MailLink, { state }: MailLinkRow): PlainPage["links"] {
  const see = { label: actions.see, url: `/appointments/${appointmentId}` };
  if (state === "gone" || state === "over") return [{ label: actions.see, url: "/appointments" }];
  if (state === "cancelled") return [{ label: actions.book, url: "/" }];
  return [{ label: actions.choose, url: `/?change=${appointmentId}` }, see];
}
