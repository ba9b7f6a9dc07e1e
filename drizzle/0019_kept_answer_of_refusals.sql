-- The first answer to a request, refusals included (see 0007).
DROP FUNCTION "kept_answer"(uuid, text);--> statement-breakpoint
CREATE FUNCTION "kept_answer"("of_person" uuid, "of_key" text)
  RETURNS TABLE ("request_hash" text, "result" jsonb, "refusal" jsonb)
LANGUAGE sql VOLATILE ROWS 1
BEGIN ATOMIC
  SELECT k."request_hash", k."result", k."refusal" FROM "idempotency_keys" k
  WHERE k."person_id" = "of_person" AND k."key" = "of_key";
END;
