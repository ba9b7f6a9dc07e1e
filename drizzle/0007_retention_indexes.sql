-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS "appointments_with_words";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "appointments_with_words" ON "appointments" USING btree ("starts_at") WHERE "appointments"."reason" is not null or "appointments"."cancel_note" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "slots_closed_by_date";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "slots_closed_by_date" ON "slots" USING btree ("clinic_date") WHERE "slots"."status" = 'closed' and "slots"."appointment_id" is null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "deliveries_message_age";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "deliveries_message_age" ON "deliveries" USING btree ("started_at") WHERE "deliveries"."message_id" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "operations_previewed";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "operations_previewed" ON "operations" USING btree ("created_at") WHERE "operations"."preview" is not null;
