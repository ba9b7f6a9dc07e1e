import { t } from "@lingui/core/macro";
import type { SettingWords } from "./setting.ts";

/** Settings about moves that the clinic makes, and the placement queue. */
export const moveWords = () =>
  ({
    reassignDays: {
      label: t`Furthest automatic move`,
      text: t`Between the old and the new date. What finds no time within it goes to staff.`,
    },
    reassignDayPoints: {
      label: t`Each day between the dates`,
      text: t`The best new time is the one with the fewest points. More points keep patients nearer to their date.`,
    },
    reassignHourPoints: {
      label: t`Each hour between the times of day`,
      text: t`More points keep patients nearer to their time of day.`,
    },
    reassignEarlierPoints: {
      label: t`An earlier time`,
      text: t`On top of the distance: the patient may not be able to come earlier.`,
    },
    reassignDoctorPoints: {
      label: t`Another doctor`,
      text: t`Of the same specialty. More points keep patients with their doctor.`,
    },
    reassignLocationPoints: {
      label: t`Another location`,
      text: t`For patients who do not need theirs.`,
    },
    claimMinutes: {
      label: t`How long a claimed case is yours`,
      text: t`After it a colleague can take the case from the queue.`,
    },
    offerMinutes: {
      label: t`Times kept for the queue`,
      text: t`How long a time that fits an open case is kept for staff before patients see it.`,
    },
  }) satisfies Record<string, SettingWords>;

/** Settings about logins. */
export const loginWords = () =>
  ({
    sessionMinutes: {
      label: t`Session`,
      text: t`After this time without use, the person logs in again.`,
    },
    stepUpMinutes: {
      label: t`Second factor of administrators`,
      text: t`How long after such a login they can change settings, accounts, keys and the clinic, and merge records. 0 requires none.`,
    },
  }) satisfies Record<string, SettingWords>;
