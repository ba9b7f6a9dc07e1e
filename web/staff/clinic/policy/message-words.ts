import { t } from "@lingui/core/macro";
import type { SettingWords } from "./setting.ts";

/** Settings about mails to patients. */
export const messageWords = () =>
  ({
    quietSeconds: {
      label: t`Quiet window`,
      text: t`The patient gets one mail, this long after the last change. A change that was undone sends none.`,
    },
    maxDelaySeconds: {
      label: t`Longest wait for a mail`,
      text: t`After this time the mail goes out even if changes go on. It must be at least the quiet window.`,
    },
    notifyAtOnceMinutes: {
      label: t`Mail at once`,
      text: t`A change this close to the start is sent at once, without the quiet window.`,
    },
    mailsPerDay: {
      label: t`Mails to one patient a day`,
      text: t`The next one waits, and then says what is true. It does not wait beyond the start.`,
    },
    reminderHours: {
      label: t`Reminders before the start`,
      text: t`None, one or several, with commas between them. A new one holds for appointments that are further away.`,
    },
    answerHours: {
      label: t`Time to answer a move by the clinic`,
      text: t`Patients are asked to answer within it. After it the move stands, unconfirmed.`,
    },
    locales: {
      label: t`Languages`,
      text: t`What patients can choose for mails and pages. Patients without a choice get the first one.`,
    },
    mailNamesDoctor: {
      label: t`Mails name the doctor`,
      text: t`Off by default, because other people may read a mail.`,
    },
  }) satisfies Record<string, SettingWords>;
