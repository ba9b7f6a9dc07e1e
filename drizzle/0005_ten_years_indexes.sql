-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS "cases_by_time";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "cases_by_time" ON "cases" USING btree ("due_at","id");
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "cases_closed";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "cases_closed" ON "cases" USING btree ("closed_at") WHERE "cases"."closed_at" is not null;
--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "tasks_by_time";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "tasks_by_time" ON "tasks" USING btree ("created_at","id");
--> statement-breakpoint
-- contract: old Workers find a hold without it as well, by reading the slots. Holds of large clinics are slower until the old
-- Workers are gone.
DROP INDEX CONCURRENTLY IF EXISTS "slots_hold";
