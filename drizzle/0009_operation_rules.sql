GRANT SELECT, INSERT, UPDATE, DELETE ON
  "operations", "operation_items", "previews", "reminders", "suppressions", "tasks", "calendar_feeds" TO "holdfast_app";
--> statement-breakpoint
-- A placement case ends with the state it is about, whichever statement ends it; whoever had claimed it has no more to do.
CREATE OR REPLACE FUNCTION "close_placement_case"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "cases" SET "status" = CASE NEW."status" WHEN 'cancelled' THEN 'cancelled' ELSE 'placed' END,
    "closed_at" = clock_timestamp(), "claimed_by" = NULL, "claim_expires_at" = NULL, "version" = "version" + 1
  WHERE "appointment_id" = NEW."id" AND "status" = 'open';
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- What the clinic had moved is no longer waiting for an answer once it is anything but moved.
CREATE FUNCTION "forget_answered_move"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."moved_at" := NULL;
  NEW."moved_from" := NULL;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "appointments_answered" BEFORE UPDATE OF "status" ON "appointments"
  FOR EACH ROW WHEN (NEW."status" <> 'moved' AND NEW."moved_at" IS NOT NULL)
  EXECUTE FUNCTION "forget_answered_move"();
