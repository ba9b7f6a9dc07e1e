-- The first answer to a request, read with a snapshot of its own, as VOLATILE functions have: the statement that asks may
-- have begun before the commit whose lock it then found free.
CREATE FUNCTION "kept_answer"("of_person" uuid, "of_key" text) RETURNS TABLE ("request_hash" text, "result" jsonb)
LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
  SELECT k."request_hash", k."result" FROM "idempotency_keys" k WHERE k."person_id" = "of_person" AND k."key" = "of_key";
END;
