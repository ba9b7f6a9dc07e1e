ALTER TABLE "policy" ADD COLUMN "free_slots_kept_days" integer DEFAULT 400 NOT NULL;
--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "messages_kept_days" integer DEFAULT 400 NOT NULL;
--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "tasks_kept_days" integer DEFAULT 400 NOT NULL;
--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "previews_kept_days" integer DEFAULT 400 NOT NULL;
--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "reasons_kept_days" integer DEFAULT 3650 NOT NULL;
--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_free_slots_kept_days" CHECK ("policy"."free_slots_kept_days" between 30 and 7300) NOT VALID;
--> statement-breakpoint
ALTER TABLE "policy" VALIDATE CONSTRAINT "policy_free_slots_kept_days";
--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_messages_kept_days" CHECK ("policy"."messages_kept_days" between 30 and 7300) NOT VALID;
--> statement-breakpoint
ALTER TABLE "policy" VALIDATE CONSTRAINT "policy_messages_kept_days";
--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_tasks_kept_days" CHECK ("policy"."tasks_kept_days" between 30 and 7300) NOT VALID;
--> statement-breakpoint
ALTER TABLE "policy" VALIDATE CONSTRAINT "policy_tasks_kept_days";
--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_previews_kept_days" CHECK ("policy"."previews_kept_days" between 30 and 7300) NOT VALID;
--> statement-breakpoint
ALTER TABLE "policy" VALIDATE CONSTRAINT "policy_previews_kept_days";
--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_reasons_kept_days" CHECK ("policy"."reasons_kept_days" between 30 and 7300) NOT VALID;
--> statement-breakpoint
ALTER TABLE "policy" VALIDATE CONSTRAINT "policy_reasons_kept_days";
