CREATE TABLE "import_chunks" (
	"import_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"first_row" integer NOT NULL,
	"rows" integer NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "import_chunks_import_id_kind_first_row_pk" PRIMARY KEY("import_id","kind","first_row"),
	CONSTRAINT "import_chunks_kind" CHECK ("import_chunks"."kind" in ('doctors', 'patients', 'schedules', 'appointments'))
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"import_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"row_number" integer NOT NULL,
	"source" text NOT NULL,
	"dry_run" boolean NOT NULL,
	"source_id" text,
	"state" text NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"entity_id" uuid,
	"alike" text[],
	"doctor_id" uuid,
	"patient_id" uuid,
	"starts_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"session" jsonb,
	"made_slot" boolean DEFAULT false NOT NULL,
	CONSTRAINT "import_rows_import_id_kind_row_number_pk" PRIMARY KEY("import_id","kind","row_number"),
	CONSTRAINT "import_rows_kind" CHECK ("import_rows"."kind" in ('doctors', 'patients', 'schedules', 'appointments')),
	CONSTRAINT "import_rows_state" CHECK ("import_rows"."state" in ('accepted', 'unchanged', 'refused', 'undone', 'kept'))
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"source" text NOT NULL,
	"dry_run" boolean NOT NULL,
	"notify" boolean NOT NULL,
	"phase" text DEFAULT 'open' NOT NULL,
	"actor_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"undone_at" timestamp with time zone,
	CONSTRAINT "imports_name_unique" UNIQUE("name"),
	CONSTRAINT "imports_phase" CHECK ("imports"."phase" in ('open', 'undoing', 'undone')),
	CONSTRAINT "imports_undone" CHECK (("imports"."phase" = 'undone') = ("imports"."undone_at" is not null))
);
--> statement-breakpoint
-- The trail outlives a record that was imported and taken back. Older Workers do not need the reference.
ALTER TABLE "audit" DROP CONSTRAINT "audit_patient_id_fkey";
--> statement-breakpoint
ALTER TABLE "import_chunks" ADD CONSTRAINT "import_chunks_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_rows" ADD CONSTRAINT "import_rows_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_actor_id_people_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "import_rows_once" ON "import_rows" USING btree ("source","kind","source_id") WHERE "import_rows"."state" = 'accepted' and not "import_rows"."dry_run";--> statement-breakpoint
CREATE INDEX "import_rows_draft" ON "import_rows" USING btree ("import_id","kind","source_id") WHERE "import_rows"."dry_run";--> statement-breakpoint
CREATE INDEX "import_rows_entity" ON "import_rows" USING btree ("entity_id") WHERE "import_rows"."entity_id" is not null;--> statement-breakpoint
CREATE INDEX "import_rows_alike" ON "import_rows" USING gin ("alike") WHERE "import_rows"."alike" is not null;--> statement-breakpoint
CREATE INDEX "import_rows_doctor" ON "import_rows" USING btree ("import_id","doctor_id","starts_at") WHERE "import_rows"."starts_at" is not null;--> statement-breakpoint
CREATE INDEX "import_rows_patient" ON "import_rows" USING btree ("import_id","patient_id","starts_at") WHERE "import_rows"."starts_at" is not null;--> statement-breakpoint
CREATE INDEX "imports_age" ON "imports" USING btree ("created_at","id");--> statement-breakpoint
-- The Worker reads every table, and writes none past the functions.
GRANT SELECT ON "imports", "import_chunks", "import_rows" TO holdfast_app;
