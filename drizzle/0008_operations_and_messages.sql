CREATE TABLE "calendar_feeds" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"patient_id" uuid,
	"doctor_id" uuid,
	"secret_hash" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "calendar_feeds_one_per_patient" UNIQUE("patient_id"),
	CONSTRAINT "calendar_feeds_one_per_doctor" UNIQUE("doctor_id"),
	CONSTRAINT "calendar_feeds_secret" UNIQUE("secret_hash"),
	CONSTRAINT "calendar_feeds_of_one" CHECK (("calendar_feeds"."patient_id" is null) <> ("calendar_feeds"."doctor_id" is null))
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"appointment_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"lead_hours" integer NOT NULL,
	"state" text NOT NULL,
	"lease_id" uuid,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "reminders_appointment_id_patient_id_starts_at_lead_hours_pk" PRIMARY KEY("appointment_id","patient_id","starts_at","lead_hours"),
	CONSTRAINT "reminders_state" CHECK ("reminders"."state" in ('sending', 'sent', 'skipped'))
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"address" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "suppressions_reason" CHECK ("suppressions"."reason" in ('bounce', 'complaint'))
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"patient_id" uuid,
	"appointment_id" uuid,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"done_at" timestamp with time zone,
	"done_by" uuid,
	CONSTRAINT "tasks_kind" CHECK ("tasks"."kind" in ('mail-bounced', 'mail-complained', 'mail-refused', 'no-address', 'job-failed')),
	CONSTRAINT "tasks_done" CHECK (("tasks"."status" = 'done') = ("tasks"."done_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "operation_items" (
	"operation_id" uuid NOT NULL,
	"appointment_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"from_slot_id" uuid NOT NULL,
	"from_doctor_id" uuid NOT NULL,
	"from_location_id" uuid NOT NULL,
	"from_starts_at" timestamp with time zone NOT NULL,
	"from_ends_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"to_slot_id" uuid,
	"to_doctor_id" uuid,
	"to_location_id" uuid,
	"to_starts_at" timestamp with time zone,
	"to_ends_at" timestamp with time zone,
	"left_version" integer,
	"explanation" jsonb,
	"decided_at" timestamp with time zone,
	CONSTRAINT "operation_items_operation_id_appointment_id_pk" PRIMARY KEY("operation_id","appointment_id"),
	CONSTRAINT "operation_items_state" CHECK ("operation_items"."state" in ('pending', 'moved', 'to-place', 'cancelled', 'kept')),
	CONSTRAINT "operation_items_decided" CHECK (("operation_items"."state" = 'pending') = ("operation_items"."decided_at" is null)),
	CONSTRAINT "operation_items_moved_has_place" CHECK (("operation_items"."state" = 'moved') <= ("operation_items"."to_slot_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"change" jsonb NOT NULL,
	"before" jsonb,
	"actor_id" uuid NOT NULL,
	"request_id" text NOT NULL,
	"preview" jsonb,
	"undo_of" uuid,
	"phase" text NOT NULL,
	"displaced" integer DEFAULT 0 NOT NULL,
	"proof" jsonb,
	"lease_id" uuid,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "operations_phase" CHECK ("operations"."phase" in ('reassigning', 'done')),
	CONSTRAINT "operations_done_is_finished" CHECK (("operations"."phase" = 'done') = ("operations"."finished_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "previews" (
	"token" text PRIMARY KEY NOT NULL,
	"actor_id" uuid NOT NULL,
	"shown" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cases" DROP CONSTRAINT "cases_reason";--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "moved_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "moved_from" jsonb;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "operation_id" uuid;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "why" jsonb;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "claimed_by" uuid;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "claim_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "contact_after" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "contact_note" text;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "tell_at_once_minutes" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "answer_hours" integer DEFAULT 48 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_days" integer DEFAULT 14 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_day_points" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_hour_points" integer DEFAULT 12 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_earlier_points" integer DEFAULT 90 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_doctor_points" integer DEFAULT 120 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reassign_location_points" integer DEFAULT 180 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "claim_minutes" integer DEFAULT 15 NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "offer_minutes" integer DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "why" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "feedback_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "reminders" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "keeps_location" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "offered_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "calendar_feeds" ADD CONSTRAINT "calendar_feeds_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_feeds" ADD CONSTRAINT "calendar_feeds_doctor_id_doctors_id_fk" FOREIGN KEY ("doctor_id") REFERENCES "public"."doctors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_done_by_people_id_fk" FOREIGN KEY ("done_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_items" ADD CONSTRAINT "operation_items_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_items" ADD CONSTRAINT "operation_items_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_items" ADD CONSTRAINT "operation_items_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operations_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operations_undo_of_operations_id_fk" FOREIGN KEY ("undo_of") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "previews" ADD CONSTRAINT "previews_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reminders_unsent" ON "reminders" USING btree ("starts_at") WHERE "reminders"."state" = 'sending';--> statement-breakpoint
CREATE UNIQUE INDEX "tasks_one_open" ON "tasks" USING btree ("kind",coalesce("patient_id", "appointment_id", '00000000-0000-0000-0000-000000000000'::uuid)) WHERE "tasks"."status" = 'open' and "tasks"."kind" <> 'job-failed';--> statement-breakpoint
CREATE INDEX "tasks_queue" ON "tasks" USING btree ("status","created_at","id");--> statement-breakpoint
CREATE INDEX "operation_items_appointment" ON "operation_items" USING btree ("appointment_id");--> statement-breakpoint
CREATE INDEX "operation_items_pending" ON "operation_items" USING btree ("appointment_id") WHERE "operation_items"."state" = 'pending';--> statement-breakpoint
CREATE INDEX "operations_latest" ON "operations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "operations_unfinished" ON "operations" USING btree ("created_at") WHERE "operations"."phase" <> 'done';--> statement-breakpoint
CREATE INDEX "previews_age" ON "previews" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_claimed_by_people_id_fk" FOREIGN KEY ("claimed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_message" ON "deliveries" USING btree ("message_id") WHERE "deliveries"."message_id" is not null;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_moved_is_whole" CHECK (("appointments"."moved_at" is null) = ("appointments"."moved_from" is null));--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_claim_is_whole" CHECK (("cases"."claimed_by" is null) = ("cases"."claim_expires_at" is null));--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_reason" CHECK ("cases"."reason" in ('schedule', 'absence', 'extra', 'holiday', 'slot-closed', 'slot-moved', 'slot-removed', 'doctor-left'));--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_tell_at_once_minutes" CHECK ("policy"."tell_at_once_minutes" between 0 and 1440);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_answer_hours" CHECK ("policy"."answer_hours" between 1 and 336);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_days" CHECK ("policy"."reassign_days" between 1 and 90);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_day_points" CHECK ("policy"."reassign_day_points" between 0 and 1000);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_hour_points" CHECK ("policy"."reassign_hour_points" between 0 and 1000);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_earlier_points" CHECK ("policy"."reassign_earlier_points" between 0 and 10000);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_doctor_points" CHECK ("policy"."reassign_doctor_points" between 0 and 10000);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reassign_location_points" CHECK ("policy"."reassign_location_points" between 0 and 10000);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_claim_minutes" CHECK ("policy"."claim_minutes" between 1 and 240);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_offer_minutes" CHECK ("policy"."offer_minutes" between 0 and 1440);