DROP INDEX "slots_by_day";--> statement-breakpoint
CREATE INDEX "appointments_unsettled" ON "appointments" USING btree ("status","doctor_id","starts_at") WHERE "appointments"."status" in ('to-place', 'moved');--> statement-breakpoint
CREATE INDEX "slots_by_doctor" ON "slots" USING btree ("doctor_id","clinic_date","closed_by","starts_at");--> statement-breakpoint
CREATE INDEX "slots_by_day" ON "slots" USING btree ("clinic_date","closed_by","starts_at");