import { t } from "@lingui/core/macro";
import type { SettingWords } from "./setting.ts";

/** Settings about how long data are kept. Every night deletes what is older. */
export const keepingWords = () =>
  ({
    freeSlotsKeptDays: {
      label: t`Past times without a booking`,
      text: t`After it, a past day shows its booked times only.`,
    },
    messagesKeptDays: {
      label: t`Records of messages`,
      text: t`Counted from the appointment. The list of the messages sent stays.`,
    },
    tasksKeptDays: {
      label: t`Tasks that are done`,
      text: t`Counted from the day on which staff did them.`,
    },
    previewsKeptDays: {
      label: t`Previews of changes`,
      text: t`The change and its appointments stay. What its preview showed is deleted.`,
    },
    reasonsKeptDays: {
      label: t`Reasons and notes of appointments`,
      text: t`Counted from the appointment. The appointment stays without the patient's words and the note of a cancellation.`,
    },
  }) satisfies Record<string, SettingWords>;
