-- Whoever ended the case is whoever ended the state that it is about.
CREATE OR REPLACE FUNCTION "close_placement_case"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "cases" SET "status" = CASE NEW."status" WHEN 'cancelled' THEN 'cancelled' ELSE 'placed' END,
    "closed_at" = clock_timestamp(), "claimed_by" = NULL, "claim_expires_at" = NULL, "version" = "version" + 1,
    "changed_by" = NEW."changed_by", "updated_at" = clock_timestamp()
  WHERE "appointment_id" = NEW."id" AND "status" = 'open';
  RETURN NULL;
END
$$;
