import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { PartOfDay } from "#domain/part-of-day.ts";

export const PART_NAMES: Record<PartOfDay, MessageDescriptor> = {
  morning: msg`Morning`,
  afternoon: msg`Afternoon`,
  evening: msg`Evening`,
};

export const NEAR_NAMES = { today: msg`Today`, tomorrow: msg`Tomorrow` };
