ALTER TABLE "idempotency_keys" ALTER COLUMN "result" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD COLUMN "refusal" jsonb;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_done_or_refused" CHECK (num_nonnulls("idempotency_keys"."result", "idempotency_keys"."refusal") = 1);