ALTER TABLE "policy" DROP CONSTRAINT "policy_hold_minutes_per_day";--> statement-breakpoint
ALTER TABLE "policy" DROP CONSTRAINT "policy_max_delay_seconds";--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "changed_by" uuid;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "slots_late_opening" ON "slots" USING btree ("clinic_date","starts_at","id") WHERE "slots"."late_opening" and "slots"."status" = 'open' and "slots"."appointment_id" is null;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reminder_hours" CHECK (cardinality("policy"."reminder_hours") <= 5 and array_position("policy"."reminder_hours", null) is null
    and 1 <= all("policy"."reminder_hours") and 336 >= all("policy"."reminder_hours"));--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_quiet_seconds_order" CHECK ("policy"."quiet_seconds" * 1 <= "policy"."max_delay_seconds" * 1);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_hold_seconds_order" CHECK ("policy"."hold_seconds" * 1 <= "policy"."hold_minutes_per_day" * 60);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_hold_minutes_per_day" CHECK ("policy"."hold_minutes_per_day" between 5 and 14400);--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_max_delay_seconds" CHECK ("policy"."max_delay_seconds" between 0 and 86400);