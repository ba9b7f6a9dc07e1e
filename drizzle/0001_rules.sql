-- What the table builder cannot say: the guards that hold even if all code is wrong, and who may touch what.
CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
-- No two live slots of one doctor overlap.
ALTER TABLE "slots" ADD CONSTRAINT "slots_no_overlap"
  EXCLUDE USING gist ("doctor_id" WITH =, tstzrange("starts_at", "ends_at", '[)') WITH &&)
  WHERE ("status" = 'open' OR "appointment_id" IS NOT NULL);
--> statement-breakpoint
-- No patient is in two places at once, unless staff allowed it with a reason.
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_no_overlap"
  EXCLUDE USING gist ("patient_id" WITH =, tstzrange("starts_at", "ends_at", '[)') WITH &&)
  WHERE ("slot_id" IS NOT NULL AND NOT "overlap_allowed");
--> statement-breakpoint
-- The audit trail is append-only for everybody, its owner included.
CREATE FUNCTION "audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit"
  FOR EACH ROW EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
-- The Worker's role: data only, never structure; the audit trail may only be written to and read. It gets its LOGIN
-- and password from whoever deploys. Limits sit on the role because a pooled connection keeps no session state.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdfast_app') THEN
    CREATE ROLE "holdfast_app" NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
--> statement-breakpoint
ALTER ROLE "holdfast_app" SET statement_timeout = '5s';
--> statement-breakpoint
ALTER ROLE "holdfast_app" SET lock_timeout = '1s';
--> statement-breakpoint
ALTER ROLE "holdfast_app" SET idle_in_transaction_session_timeout = '10s';
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO "holdfast_app";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON
  "appointments", "clinic", "policy", "locations", "holidays", "people", "doctors", "patients", "schedules",
  "exceptions", "slots", "outbox", "deliveries", "idempotency_keys" TO "holdfast_app";
--> statement-breakpoint
GRANT SELECT, INSERT ON "audit" TO "holdfast_app";
