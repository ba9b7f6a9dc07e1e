CREATE TABLE "cases" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"appointment_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"request_id" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "cases_reason" CHECK ("cases"."reason" in ('schedule', 'absence', 'extra', 'holiday', 'slot-closed', 'slot-moved', 'slot-removed')),
	CONSTRAINT "cases_status" CHECK ("cases"."status" in ('open', 'placed', 'cancelled')),
	CONSTRAINT "cases_open_is_not_closed" CHECK (("cases"."status" = 'open') = ("cases"."closed_at" is null))
);
--> statement-breakpoint
ALTER TABLE "exceptions" DROP CONSTRAINT "exceptions_order";
--> statement-breakpoint
ALTER TABLE "exceptions" DROP CONSTRAINT "exceptions_extra_has_location";
--> statement-breakpoint
DROP INDEX "exceptions_doctor";
--> statement-breakpoint
ALTER TABLE "doctors" ADD COLUMN "schedule_version" integer DEFAULT 1 NOT NULL;
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "from_date" date;
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "to_date" date;
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "from_time" time;
--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "to_time" time;
--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "by_hand" text;
--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "cases_one_open" ON "cases" USING btree ("appointment_id") WHERE "cases"."status" = 'open';
--> statement-breakpoint
CREATE INDEX "cases_queue" ON "cases" USING btree ("status","due_at","id");
--> statement-breakpoint
CREATE INDEX "exceptions_doctor" ON "exceptions" USING btree ("doctor_id","from_date");
--> statement-breakpoint
-- Exceptions were instants; they become what is written on the wall at their place.
UPDATE "exceptions" e SET
  "from_date" = (e."starts_at" AT TIME ZONE x.zone)::date,
  "to_date" = CASE WHEN e."kind" = 'extra' OR x.hours THEN (e."starts_at" AT TIME ZONE x.zone)::date + 1
    ELSE (e."ends_at" AT TIME ZONE x.zone)::date END,
  "from_time" = CASE WHEN x.hours THEN (e."starts_at" AT TIME ZONE x.zone)::time END,
  "to_time" = CASE WHEN x.hours THEN (e."ends_at" AT TIME ZONE x.zone)::time END
FROM (
  SELECT i."id", z.zone, i."kind" = 'extra' OR (i."starts_at" AT TIME ZONE z.zone)::time <> '00:00'
    OR (i."ends_at" AT TIME ZONE z.zone)::time <> '00:00' AS hours
  FROM "exceptions" i, LATERAL (
    SELECT coalesce((SELECT l."time_zone" FROM "locations" l WHERE l."id" = i."location_id"),
      (SELECT c."time_zone" FROM "clinic" c)) AS zone) z) x
WHERE x."id" = e."id";
--> statement-breakpoint
ALTER TABLE "exceptions" ALTER COLUMN "from_date" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "exceptions" ALTER COLUMN "to_date" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "exceptions" DROP COLUMN "starts_at";
--> statement-breakpoint
ALTER TABLE "exceptions" DROP COLUMN "ends_at";
--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_dates" CHECK ("exceptions"."from_date" < "exceptions"."to_date");
--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_hours" CHECK (("exceptions"."from_time" is null) = ("exceptions"."to_time" is null));
--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_extra_is_whole" CHECK ("exceptions"."kind" = 'absence' or ("exceptions"."location_id" is not null and "exceptions"."from_time" is not null));
--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_by_hand" CHECK ("slots"."by_hand" in ('open', 'closed', 'removed'));
--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_removed_is_closed" CHECK (("slots"."by_hand" is not distinct from 'removed') = ("slots"."closed_by" is not distinct from 'removed'));
