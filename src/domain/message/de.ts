import type { Catalogue } from "./texts.ts";

/** `10:15 Uhr`, `01:30 Uhr UTC+1`. */
const uhr = (time: string): string => time.replace(/^\S+/, "$& Uhr");

export const de: Catalogue = {
  tag: "de",
  date: ({ weekday, day, month, year }) => `${weekday}, ${day}. ${month} ${year}`,
  at: (date, time) => `${date}, ${uhr(time)}`,
  moment: (date, time, city) => `${date}, ${uhr(time)} (Ortszeit ${city})`,
  period: (date, from, to, city) => `${date}, ${from} bis ${uhr(to)} (Ortszeit ${city})`,
  hello: (name) => `Guten Tag ${name},`,
  subject: {
    booked: (start) => `Ihr Termin ist gebucht: ${start}`,
    moved: (start) => `Ihr Termin wurde verschoben: ${start}`,
    "other-place": (start) => `Ihr Termin ist an einem anderen Ort: ${start}`,
    "other-detail": (start) => `Ihr Termin hat sich geändert: ${start}`,
    "moved-by-clinic": (start) => `Wir mussten Ihren Termin verlegen: jetzt ${start}`,
    "changed-by-clinic": (start) => `Wir mussten Ihren Termin ändern: ${start}`,
    "being-placed": (start) => `Wir suchen einen neuen Termin für Sie statt ${start}`,
    cancelled: (start) => `Ihr Termin ist abgesagt: ${start}`,
    reminder: (start) => `Erinnerung an Ihren Termin: ${start}`,
  },
  movedFrom: (start, before) => `${start} (bisher: ${before})`,
  heading: {
    booked: "Ihr Termin ist gebucht",
    moved: "Ihr Termin wurde verschoben",
    "other-place": "Ihr Termin ist an einem anderen Ort",
    "other-detail": "Ihr Termin hat sich geändert",
    "moved-by-clinic": "Wir mussten Ihren Termin verlegen",
    "changed-by-clinic": "Wir mussten Ihren Termin ändern",
    "being-placed": "Wir suchen einen neuen Termin für Sie",
    cancelled: "Ihr Termin ist abgesagt",
    reminder: "Ihr Termin steht bevor",
  },
  opening: {
    booked: "Ihr Termin ist gebucht. Mit der Kalenderdatei in dieser E-Mail steht er auch in Ihrem Kalender.",
    moved: "Ihr Termin wurde verschoben. Die Kalenderdatei in dieser E-Mail ändert ihn auch in Ihrem Kalender.",
    "other-place": "Ihr Termin hat sich geändert: Die Zeit bleibt gleich, aber er findet an einem anderen Ort statt.",
    "other-detail":
      "Ihr Termin hat sich geändert, aber weder Zeit noch Ort. Alle Einzelheiten finden Sie, wenn Sie sich anmelden.",
    "moved-by-clinic":
      "Leider kann Ihr Termin nicht wie geplant stattfinden. Wir haben ihn auf die unten genannte Zeit verlegt. Bitte teilen Sie uns mit, ob Ihnen das passt.",
    "changed-by-clinic":
      "Leider kann Ihr Termin nicht ganz wie geplant stattfinden. Die Zeit bleibt gleich, aber etwas anderes hat sich geändert; alle Einzelheiten finden Sie, wenn Sie sich anmelden. Bitte teilen Sie uns mit, ob Ihnen das passt.",
    "being-placed":
      "Leider kann Ihr Termin nicht wie geplant stattfinden. Wir suchen einen neuen für Sie und schreiben Ihnen, sobald wir ihn haben. Sie brauchen nichts zu tun; Sie können auch selbst eine Zeit wählen.",
    cancelled: "Ihr Termin ist abgesagt. Sie brauchen nicht zu kommen.",
    reminder: "Wir möchten Sie an Ihren Termin erinnern.",
  },
  otherPlace: "Bitte beachten Sie, dass er an einem anderen Ort stattfindet als bisher.",
  neitherTime:
    "Seit unserer letzten Nachricht hatte er eine andere Zeit bekommen. Keine der beiden unten genannten Zeiten gilt mehr.",
  stillUnanswered:
    "Wir mussten ihn ändern und haben noch nichts von Ihnen gehört. Bitte teilen Sie uns mit, ob er Ihnen so passt.",
  unanswered: "Wenn wir nichts von Ihnen hören, gilt der Termin wie oben angegeben.",
  labels: {
    when: "Wann",
    newTime: "Neue Zeit",
    before: "Bisher",
    planned: "War geplant für",
    cancelled: "Abgesagt",
    where: "Wo",
    with: "Bei",
    reference: "Referenz",
    answerBy: "Bitte antworten Sie bis",
  },
  actions: {
    see: "Termin ansehen",
    come: "Ich komme",
    fine: "Das passt mir",
    choose: "Andere Zeit wählen",
    cancel: "Termin absagen",
    book: "Neuen Termin buchen",
    preferences: "Sprache und Erinnerungen",
    stopReminders: "Erinnerungen abstellen",
  },
  offers: "Auch diese Zeiten sind zurzeit noch frei:",
  changeableUntil: (moment) => `Online können Sie ihn bis ${moment} verschieben oder absagen.`,
  byPhone: (phone) => `Wenn Sie nicht kommen können oder eine andere Zeit brauchen, rufen Sie uns bitte an: ${phone}.`,
  help: (clinic, phone) => `Haben Sie Fragen? Sie erreichen ${clinic} unter ${phone}.`,
  whyReminded: "Sie erhalten Erinnerungen, weil sie für Sie eingeschaltet sind.",
  stop: {
    askTitle: "Erinnerungen abstellen?",
    ask: (clinic) =>
      `${clinic} erinnert Sie dann nicht mehr an Ihre Termine. Sie erfahren weiterhin, wenn ein Termin gebucht, verschoben oder abgesagt wird.`,
    button: "Erinnerungen abstellen",
    doneTitle: "Die Erinnerungen sind abgestellt",
    done: (clinic) =>
      `${clinic} erinnert Sie nicht mehr an Ihre Termine. Sie erfahren weiterhin, wenn ein Termin gebucht, verschoben oder abgesagt wird. Sie können die Erinnerungen jederzeit wieder einschalten.`,
    invalidTitle: "Dieser Link funktioniert nicht",
    invalid:
      "Vielleicht ist er nicht vollständig. Melden Sie sich an, um die Erinnerungen abzustellen, oder rufen Sie uns an.",
  },
  answer: {
    ask: {
      come: "Kommen Sie zu Ihrem Termin?",
      fine: "Passt Ihnen die neue Zeit?",
      cancel: "Diesen Termin absagen?",
    },
    done: {
      come: "Vielen Dank, wir erwarten Sie",
      fine: "Vielen Dank, die neue Zeit ist vereinbart",
      cancel: "Ihr Termin ist abgesagt",
    },
    changedTitle: "Ihr Termin hat sich seit dieser E-Mail geändert",
    changed: "So ist er jetzt. Antworten Sie bitte mit unserer neuesten E-Mail, oder melden Sie sich an.",
    overTitle: "Dieser Link ist abgelaufen",
    over: (phone) =>
      `Die Zeit, um die es in dieser E-Mail ging, hat begonnen oder ist vorbei. Haben Sie Fragen? Sie erreichen uns unter ${phone}.`,
    invalid: (phone) =>
      `Vielleicht ist er nicht vollständig, oder der Termin ist nicht mehr Ihrer. Sie erreichen uns unter ${phone}.`,
    cut: "Vielleicht ist er nicht vollständig. Melden Sie sich an, um Ihre Termine zu sehen, oder rufen Sie uns an.",
    frozenTitle: "Zum Absagen ist es hier zu spät",
    pressAgain: "Es wurde nichts geändert. Bitte drücken Sie die Schaltfläche.",
  },
};
