ALTER TABLE "doctors" ADD COLUMN "leaves_on" date;--> statement-breakpoint
CREATE UNIQUE INDEX "operations_one_undo" ON "operations" USING btree ("undo_of") WHERE "operations"."undo_of" is not null;