ALTER TABLE "policy" ADD COLUMN "locales" text[] DEFAULT '{"en"}' NOT NULL;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "mail_names_doctor" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- As the clinic had it: languages without their regions, in its order, each once, those that mails are written in.
UPDATE "policy" SET "mail_names_doctor" = c."mail_names_doctor", "locales" = coalesce((
  SELECT array_agg(x."language" ORDER BY x."place")
  FROM (
    SELECT split_part(u."tag", '-', 1) AS "language", min(u."place") AS "place"
    FROM unnest(c."locales") WITH ORDINALITY u ("tag", "place")
    WHERE split_part(u."tag", '-', 1) IN ('en', 'de') GROUP BY 1) x), '{en}')
FROM "clinic" c;--> statement-breakpoint
ALTER TABLE "clinic" DROP COLUMN "locales";--> statement-breakpoint
ALTER TABLE "clinic" DROP COLUMN "mail_names_doctor";--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_locales" CHECK (cardinality("policy"."locales") between 1 and 2
      and "policy"."locales" <@ array['en', 'de']);