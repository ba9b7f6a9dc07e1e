CREATE TABLE "holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slot_id" uuid NOT NULL
);
--> statement-breakpoint
-- Every hold is noted with its slot, whichever build's function makes it. Those that stand already as well.
CREATE FUNCTION note_hold() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
begin
  insert into public.holds (id, slot_id) values (new.hold_id, new.id) on conflict do nothing;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER slots_note_hold AFTER INSERT OR UPDATE OF hold_id ON slots
  FOR EACH ROW WHEN (new.hold_id is not null) EXECUTE FUNCTION note_hold();
--> statement-breakpoint
INSERT INTO holds (id, slot_id) SELECT hold_id, id FROM slots WHERE hold_id is not null ON CONFLICT DO NOTHING;
--> statement-breakpoint
GRANT SELECT ON holds TO holdfast_app;
--> statement-breakpoint
-- A page keeps room for the next version of a slot or patient, so that a hold stays on its page.
ALTER TABLE slots SET (fillfactor = 85);
--> statement-breakpoint
ALTER TABLE patients SET (fillfactor = 85);
--> statement-breakpoint
-- The default waits for a fifth of a table. That is 640,000 dead rows after ten years.
ALTER TABLE slots SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
--> statement-breakpoint
ALTER TABLE appointments SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);
--> statement-breakpoint
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);
--> statement-breakpoint
ALTER TABLE audit_unsealed SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
--> statement-breakpoint
-- Neon and SSDs read a random page about as fast as the next one. With the default of 4, lists of large tables are read whole.
ALTER ROLE holdfast_app SET random_page_cost = '1.1';
