import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The projects in the order in which they run. Within a group the last files are short, so no process waits for another. */
const PROJECTS = ["routes", "db", "stack", "emulators", "repository", "domain", "browser"];

/** Files of ten seconds and more, longest first. A clone that has not run the tests knows only the sizes of the others. */
const LONG = [
  "browser/staff-board",
  "browser/staff-clinic",
  "browser/staff-desk",
  "browser/changes",
  "browser/staff-calendar",
  "browser/pages",
  "browser/holds",
  "browser/mails",
  "browser/preferences",
  "browser/languages",
  "browser/dates",
  "browser/journey",
  "browser/doctor-day",
  "routes/keep-out",
  "faults/notification",
  "routes/soak",
  "routes/notification-load",
  "routes/get-availability",
  "routes/round-trips",
  "routes/put-schedule",
  "routes/create-api-client",
  "routes/races",
  "routes/change-rules",
  "db/seed",
  "db/availability-plan",
  "db/change-limits",
  "db/calendar-changes",
  "db/change-rules",
  "stack/start",
  "stack/postgres",
  "stack/doctor",
  "stack/clock",
  "repository/mutant-runner",
  "domain/reassignment.property",
  "domain/schedule-expansion.property",
];

/** Begins each project with its longest files: the run must not end with one long file and an idle core. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ project, moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return PROJECTS.indexOf(project.name) * 1000 + (at < 0 ? LONG.length : at);
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
}
