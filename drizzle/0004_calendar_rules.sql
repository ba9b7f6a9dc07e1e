GRANT SELECT, INSERT, UPDATE, DELETE ON "cases" TO "holdfast_app";
--> statement-breakpoint
-- A placement case ends with the state it is about, whichever statement ends it.
CREATE FUNCTION "close_placement_case"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "cases" SET "status" = CASE NEW."status" WHEN 'cancelled' THEN 'cancelled' ELSE 'placed' END,
    "closed_at" = clock_timestamp()
  WHERE "appointment_id" = NEW."id" AND "status" = 'open';
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "appointments_close_case" AFTER UPDATE OF "status" ON "appointments"
  FOR EACH ROW WHEN (OLD."status" = 'to-place' AND NEW."status" <> 'to-place')
  EXECUTE FUNCTION "close_placement_case"();
