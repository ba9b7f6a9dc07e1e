CREATE TABLE "audit_seals" (
	"number" bigint PRIMARY KEY NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	"row_ids" uuid[] NOT NULL,
	"row_hashes" "bytea"[] NOT NULL,
	CONSTRAINT "audit_seals_whole" CHECK (cardinality("audit_seals"."row_ids") = cardinality("audit_seals"."row_hashes"))
);
--> statement-breakpoint
CREATE TABLE "audit_unsealed" (
	"audit_id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
DROP INDEX "patients_name";--> statement-breakpoint
ALTER TABLE "doctors" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "doctors" ADD COLUMN "changed_by" uuid;--> statement-breakpoint
ALTER TABLE "doctors" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "changed_by" uuid;--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "doctors" ADD CONSTRAINT "doctors_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patients" ADD CONSTRAINT "patients_changed_by_people_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_at" ON "audit" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("action","at");--> statement-breakpoint
CREATE INDEX "audit_patients_seen" ON "audit" USING gin (("after" -> 'patientIds')) WHERE "audit"."subject_id" is null and "audit"."after" ? 'patientIds';--> statement-breakpoint
CREATE INDEX "patients_born" ON "patients" USING btree ("date_of_birth");--> statement-breakpoint
CREATE INDEX "patients_email" ON "patients" USING btree (lower("email")) WHERE "patients"."email" is not null;--> statement-breakpoint
ALTER TABLE "doctors" ADD CONSTRAINT "doctors_slot_minutes" CHECK ("doctors"."slot_minutes" between 5 and 120);
--> statement-breakpoint
-- Neither the time nor the id of an entry is the writer's to choose.
REVOKE INSERT ON "audit" FROM "holdfast_app";
--> statement-breakpoint
GRANT INSERT ("actor_id", "subject_id", "action", "entity", "entity_id", "before", "after", "reason", "request_id")
  ON "audit" TO "holdfast_app";
--> statement-breakpoint
-- Whatever enters the trail waits to be sealed, from the moment its own transaction commits.
CREATE FUNCTION "audit_waits_for_its_seal"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  INSERT INTO "audit_unsealed" ("audit_id") SELECT "id" FROM "added";
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_to_seal" AFTER INSERT ON "audit" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_waits_for_its_seal"();
--> statement-breakpoint
INSERT INTO "audit_unsealed" ("audit_id") SELECT "id" FROM "audit";
--> statement-breakpoint
CREATE TRIGGER "audit_seals_append_only" BEFORE UPDATE OR DELETE ON "audit_seals"
  FOR EACH ROW EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
CREATE TRIGGER "audit_seals_no_truncate" BEFORE TRUNCATE ON "audit_seals"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
GRANT SELECT, INSERT ON "audit_seals" TO "holdfast_app";
--> statement-breakpoint
GRANT SELECT, DELETE ON "audit_unsealed" TO "holdfast_app";
--> statement-breakpoint
-- Searching for people: without accents, case, apostrophes or other punctuation, and with a word's beginning marked by
-- a space before it. The three extensions are in Neon and in PostgreSQL's own distribution.
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA public;
--> statement-breakpoint
-- unaccent itself is not immutable, for somebody could edit its dictionary; a dictionary named outright is as good.
CREATE FUNCTION "search_text"("given" text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ' ' || btrim(regexp_replace(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize("given", NFC)) COLLATE "pg_c_utf8"),
    '[''`´’]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))
$$;
--> statement-breakpoint
ALTER TABLE "patients"
  ADD COLUMN "name_search" text NOT NULL GENERATED ALWAYS AS (search_text("name")) STORED,
  ADD COLUMN "number_search" text NOT NULL
    GENERATED ALWAYS AS (regexp_replace(upper("number"), '[^A-Z0-9]', '', 'g')) STORED;
--> statement-breakpoint
CREATE INDEX "patients_like_name" ON "patients" USING gin ("name_search" gin_trgm_ops);
--> statement-breakpoint
-- Two letters of five that changed places leave a third of a word's trigrams; the distance between words decides then.
ALTER ROLE "holdfast_app" SET pg_trgm.word_similarity_threshold = '0.3';
--> statement-breakpoint
CREATE INDEX "patients_by_name" ON "patients" ("name_search", "id");
--> statement-breakpoint
CREATE INDEX "patients_by_number" ON "patients" ("number_search" text_pattern_ops);
--> statement-breakpoint
-- The clinic's next number for a patient, where staff give none.
CREATE SEQUENCE "patient_numbers" START 100001;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE "patient_numbers" TO "holdfast_app";
