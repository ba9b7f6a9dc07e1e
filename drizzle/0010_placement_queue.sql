ALTER TABLE "cases" ADD COLUMN "changed_by" uuid;--> statement-breakpoint
ALTER TABLE "cases" ADD COLUMN "updated_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "slots_offered" ON "slots" USING btree ("offered_until") WHERE "slots"."offered_until" is not null and "slots"."status" = 'open' and "slots"."appointment_id" is null;