/** The parts of a day by the location's clock: `morning` before 12:00, `afternoon` before 17:00. */
export const PARTS_OF_DAY = ["morning", "afternoon", "evening"] as const;
export type PartOfDay = (typeof PARTS_OF_DAY)[number];
