import { t } from "@lingui/core/macro";
import type { SettingWords } from "./setting.ts";

/** Settings about finding and holding a time. */
export const bookingWords = () =>
  ({
    slotMinutes: {
      label: t`Length of a slot`,
      text: t`For doctors and sessions without a length of their own. It shapes the days that are not released yet.`,
    },
    horizonDays: {
      label: t`How far ahead patients book`,
      text: t`Counted from today. With more days, the next night releases the times of the new days.`,
    },
    minNoticeMinutes: {
      label: t`Minimum notice`,
      text: t`Patients cannot book a time that starts sooner than this. Staff can.`,
    },
    holdSeconds: {
      label: t`How long a time is held`,
      text: t`While the patient decides. Holds that are running keep their own end.`,
    },
    holdExtensions: {
      label: t`Extensions of a hold`,
      text: t`How often a patient can ask for the full time again. Accessibility rules want at least ten.`,
    },
    holdsPerPatient: {
      label: t`Times held at once`,
      text: t`For each patient. One more releases the oldest.`,
    },
    holdMinutesPerDay: {
      label: t`Holding time of one patient`,
      text: t`When it is used up, it comes back evenly within a day. It must be at least one full hold.`,
    },
    appointmentsPerPatient: {
      label: t`Appointments to come of one patient`,
      text: t`A patient with this many books no more online. Staff can go beyond it, with a reason.`,
    },
  }) satisfies Record<string, SettingWords>;

/** Settings about changes that patients make. */
export const changeWords = () =>
  ({
    freezeHours: {
      label: t`Freeze`,
      text: t`This close to the start, patients can no longer move or cancel online. Staff can, with a reason. It holds at once for every appointment.`,
    },
    changeBudget: {
      label: t`Moves of one appointment`,
      text: t`How often a patient can move the same appointment. Moves by the clinic never count.`,
    },
    patientChangeBudget: {
      label: t`Changes of one patient`,
      text: t`Moves and cancellations of all the patient's appointments within the window below.`,
    },
    patientActionBudget: {
      label: t`Bookings and changes of one patient`,
      text: t`Bookings, moves and cancellations within the window below. Cancelling is never refused.`,
    },
    changeWindowDays: {
      label: t`Window in which changes count`,
      text: t`Older changes and bookings are forgotten.`,
    },
    lateOpenings: {
      label: t`Times that become free within the freeze`,
      text: t`Staff fill them by hand, or the first patient who books one gets it.`,
    },
  }) satisfies Record<string, SettingWords>;
