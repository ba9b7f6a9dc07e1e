CREATE TABLE "appointments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"patient_id" uuid NOT NULL,
	"doctor_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"slot_id" uuid,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"status" text DEFAULT 'booked' NOT NULL,
	"reason" text,
	"changes_used" smallint DEFAULT 0 NOT NULL,
	"overlap_allowed" boolean DEFAULT false NOT NULL,
	"cancelled_by" text,
	"cancel_code" text,
	"cancel_note" text,
	"changed_by" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "appointments_status" CHECK ("appointments"."status" in ('booked', 'moved', 'to-place', 'cancelled', 'arrived', 'completed', 'no-show')),
	CONSTRAINT "appointments_cancelled_by" CHECK ("appointments"."cancelled_by" in ('patient', 'doctor', 'clinic')),
	CONSTRAINT "appointments_cancelled_has_reason" CHECK (("appointments"."cancelled_by" is null) = ("appointments"."cancel_code" is null) and ("appointments"."cancelled_by" is null or "appointments"."status" = 'cancelled')),
	CONSTRAINT "appointments_order" CHECK ("appointments"."starts_at" < "appointments"."ends_at"),
	CONSTRAINT "appointments_slot_while_live" CHECK (("appointments"."slot_id" is null) = ("appointments"."status" in ('to-place', 'cancelled')))
);
--> statement-breakpoint
CREATE TABLE "clinic" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"name" text NOT NULL,
	"phone" text NOT NULL,
	"time_zone" text NOT NULL,
	"locales" text[] NOT NULL,
	"mail_names_doctor" boolean DEFAULT false NOT NULL,
	CONSTRAINT "clinic_one_row" CHECK ("clinic"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "holidays" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"location_id" uuid NOT NULL,
	"date" date NOT NULL,
	"name" text NOT NULL,
	"source" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "holidays_once_a_day" UNIQUE("location_id","date")
);
--> statement-breakpoint
CREATE TABLE "locations" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"time_zone" text NOT NULL,
	"country" text NOT NULL,
	"region" text,
	"position" smallint DEFAULT 0 NOT NULL,
	CONSTRAINT "locations_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "policy" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"slot_minutes" integer DEFAULT 15 NOT NULL,
	"freeze_hours" integer DEFAULT 24 NOT NULL,
	"hold_seconds" integer DEFAULT 300 NOT NULL,
	"hold_extensions" integer DEFAULT 10 NOT NULL,
	"holds_per_patient" integer DEFAULT 1 NOT NULL,
	"hold_minutes_per_day" integer DEFAULT 600 NOT NULL,
	"change_budget" integer DEFAULT 3 NOT NULL,
	"patient_change_budget" integer DEFAULT 10 NOT NULL,
	"change_window_days" integer DEFAULT 30 NOT NULL,
	"quiet_seconds" integer DEFAULT 60 NOT NULL,
	"max_delay_seconds" integer DEFAULT 600 NOT NULL,
	"horizon_days" integer DEFAULT 90 NOT NULL,
	"reminder_hours" integer[] DEFAULT '{24}' NOT NULL,
	"session_minutes" integer DEFAULT 30 NOT NULL,
	"min_notice_minutes" integer DEFAULT 60 NOT NULL,
	"late_openings" text DEFAULT 'staff' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "policy_one_row" CHECK ("policy"."id" = 1),
	CONSTRAINT "policy_slot_minutes" CHECK ("policy"."slot_minutes" between 5 and 120),
	CONSTRAINT "policy_freeze_hours" CHECK ("policy"."freeze_hours" between 0 and 336),
	CONSTRAINT "policy_hold_seconds" CHECK ("policy"."hold_seconds" between 1 and 1800),
	CONSTRAINT "policy_hold_extensions" CHECK ("policy"."hold_extensions" between 0 and 100),
	CONSTRAINT "policy_holds_per_patient" CHECK ("policy"."holds_per_patient" between 1 and 5),
	CONSTRAINT "policy_hold_minutes_per_day" CHECK ("policy"."hold_minutes_per_day" between 5 and 14400 and "policy"."hold_minutes_per_day" * 60 >= "policy"."hold_seconds"),
	CONSTRAINT "policy_change_budget" CHECK ("policy"."change_budget" between 0 and 100),
	CONSTRAINT "policy_patient_change_budget" CHECK ("policy"."patient_change_budget" between 0 and 1000),
	CONSTRAINT "policy_change_window_days" CHECK ("policy"."change_window_days" between 1 and 366),
	CONSTRAINT "policy_quiet_seconds" CHECK ("policy"."quiet_seconds" between 0 and 3600),
	CONSTRAINT "policy_max_delay_seconds" CHECK ("policy"."max_delay_seconds" between "policy"."quiet_seconds" and 86400),
	CONSTRAINT "policy_horizon_days" CHECK ("policy"."horizon_days" between 1 and 366),
	CONSTRAINT "policy_session_minutes" CHECK ("policy"."session_minutes" between 1 and 1440),
	CONSTRAINT "policy_min_notice_minutes" CHECK ("policy"."min_notice_minutes" between 0 and 10080),
	CONSTRAINT "policy_late_openings" CHECK ("policy"."late_openings" in ('staff', 'patients'))
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor_id" uuid,
	"subject_id" uuid,
	"action" text NOT NULL,
	"entity" text NOT NULL,
	"entity_id" uuid NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"request_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"appointment_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"sequence" integer NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'sending' NOT NULL,
	"message_id" text,
	"started_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"person_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"result" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_person_id_key_pk" PRIMARY KEY("person_id","key")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"appointment_id" uuid NOT NULL,
	"patient_id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"first_dirty_at" timestamp with time zone,
	"due_at" timestamp with time zone,
	"told" jsonb,
	"told_at" timestamp with time zone,
	"sequence" integer DEFAULT -1 NOT NULL,
	"lease_id" uuid,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "outbox_appointment_id_patient_id_pk" PRIMARY KEY("appointment_id","patient_id"),
	CONSTRAINT "outbox_dirty_is_due" CHECK (("outbox"."first_dirty_at" is null) = ("outbox"."due_at" is null))
);
--> statement-breakpoint
CREATE TABLE "doctors" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid,
	"name" text NOT NULL,
	"specialty" text NOT NULL,
	"slot_minutes" integer,
	"active" boolean DEFAULT true NOT NULL,
	CONSTRAINT "doctors_personId_unique" UNIQUE("person_id")
);
--> statement-breakpoint
CREATE TABLE "patients" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid,
	"number" text NOT NULL,
	"name" text NOT NULL,
	"date_of_birth" date NOT NULL,
	"email" text,
	"phone" text,
	"language" text DEFAULT 'en' NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"merged_into" uuid,
	"hold_slot_ids" uuid[] DEFAULT '{}' NOT NULL,
	"hold_debt_until" timestamp with time zone,
	"change_times" timestamp with time zone[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "patients_personId_unique" UNIQUE("person_id"),
	CONSTRAINT "patients_number_unique" UNIQUE("number"),
	CONSTRAINT "patients_merged_is_inactive" CHECK ("patients"."merged_into" is null or not "patients"."active")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"subject" text NOT NULL,
	"role" text NOT NULL,
	"name" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_subject_unique" UNIQUE("subject"),
	CONSTRAINT "people_role" CHECK ("people"."role" in ('patient', 'doctor', 'staff'))
);
--> statement-breakpoint
CREATE TABLE "exceptions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"doctor_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"location_id" uuid,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"slot_minutes" integer,
	"note" text,
	CONSTRAINT "exceptions_kind" CHECK ("exceptions"."kind" in ('absence', 'extra')),
	CONSTRAINT "exceptions_order" CHECK ("exceptions"."starts_at" < "exceptions"."ends_at"),
	CONSTRAINT "exceptions_extra_has_location" CHECK ("exceptions"."kind" = 'absence' or "exceptions"."location_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"doctor_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"weekday" smallint NOT NULL,
	"from_time" time NOT NULL,
	"to_time" time NOT NULL,
	"slot_minutes" integer,
	"valid_from" date NOT NULL,
	"valid_to" date,
	CONSTRAINT "schedules_weekday" CHECK ("schedules"."weekday" between 1 and 7),
	CONSTRAINT "schedules_slot_minutes" CHECK ("schedules"."slot_minutes" between 5 and 120)
);
--> statement-breakpoint
CREATE TABLE "slots" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"doctor_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"clinic_date" date NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"closed_by" text,
	"origin" text DEFAULT 'template' NOT NULL,
	"late_opening" boolean DEFAULT false NOT NULL,
	"appointment_id" uuid,
	"hold_id" uuid,
	"held_by" uuid,
	"hold_expires_at" timestamp with time zone,
	"hold_extensions" smallint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	CONSTRAINT "slots_order" CHECK ("slots"."starts_at" < "slots"."ends_at"),
	CONSTRAINT "slots_status" CHECK ("slots"."status" in ('open', 'closed')),
	CONSTRAINT "slots_closed_by" CHECK (("slots"."status" = 'closed') = ("slots"."closed_by" is not null)),
	CONSTRAINT "slots_hold_is_whole" CHECK (("slots"."hold_id" is null) = ("slots"."held_by" is null) and ("slots"."hold_id" is null) = ("slots"."hold_expires_at" is null)),
	CONSTRAINT "slots_booked_is_not_held" CHECK ("slots"."appointment_id" is null or "slots"."hold_id" is null)
);
--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_doctor_id_doctors_id_fk" FOREIGN KEY ("doctor_id") REFERENCES "public"."doctors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_location_id_locations_id_fk" FOREIGN KEY ("location_id") REFERENCES "public"."locations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_slot_id_slots_id_fk" FOREIGN KEY ("slot_id") REFERENCES "public"."slots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holidays" ADD CONSTRAINT "holidays_location_id_locations_id_fk" FOREIGN KEY ("location_id") REFERENCES "public"."locations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_subject_id_patients_id_fk" FOREIGN KEY ("subject_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "doctors" ADD CONSTRAINT "doctors_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patients" ADD CONSTRAINT "patients_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patients" ADD CONSTRAINT "patients_merged_into_patients_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_doctor_id_doctors_id_fk" FOREIGN KEY ("doctor_id") REFERENCES "public"."doctors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_location_id_locations_id_fk" FOREIGN KEY ("location_id") REFERENCES "public"."locations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_doctor_id_doctors_id_fk" FOREIGN KEY ("doctor_id") REFERENCES "public"."doctors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_location_id_locations_id_fk" FOREIGN KEY ("location_id") REFERENCES "public"."locations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_doctor_id_doctors_id_fk" FOREIGN KEY ("doctor_id") REFERENCES "public"."doctors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_location_id_locations_id_fk" FOREIGN KEY ("location_id") REFERENCES "public"."locations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_held_by_patients_id_fk" FOREIGN KEY ("held_by") REFERENCES "public"."patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "appointments_one_per_slot" ON "appointments" USING btree ("slot_id") WHERE "appointments"."slot_id" is not null;--> statement-breakpoint
CREATE INDEX "appointments_patient" ON "appointments" USING btree ("patient_id","starts_at");--> statement-breakpoint
CREATE INDEX "appointments_doctor" ON "appointments" USING btree ("doctor_id","starts_at");--> statement-breakpoint
CREATE INDEX "appointments_starts" ON "appointments" USING btree ("starts_at");--> statement-breakpoint
CREATE INDEX "audit_entity" ON "audit" USING btree ("entity_id","at");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("subject_id","at");--> statement-breakpoint
CREATE INDEX "deliveries_appointment" ON "deliveries" USING btree ("appointment_id","started_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("due_at") WHERE "outbox"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "patients_name" ON "patients" USING btree ("name");--> statement-breakpoint
CREATE INDEX "exceptions_doctor" ON "exceptions" USING btree ("doctor_id","starts_at");--> statement-breakpoint
CREATE INDEX "schedules_doctor" ON "schedules" USING btree ("doctor_id");--> statement-breakpoint
CREATE INDEX "slots_bookable_by_doctor" ON "slots" USING btree ("doctor_id","clinic_date","starts_at","id") WHERE "slots"."status" = 'open' and "slots"."appointment_id" is null;--> statement-breakpoint
CREATE INDEX "slots_bookable" ON "slots" USING btree ("clinic_date","starts_at","id") WHERE "slots"."status" = 'open' and "slots"."appointment_id" is null;--> statement-breakpoint
CREATE INDEX "slots_by_day" ON "slots" USING btree ("clinic_date","doctor_id");--> statement-breakpoint
CREATE INDEX "slots_hold" ON "slots" USING btree ("hold_id") WHERE "slots"."hold_id" is not null;--> statement-breakpoint
CREATE INDEX "slots_appointment" ON "slots" USING btree ("appointment_id") WHERE "slots"."appointment_id" is not null;