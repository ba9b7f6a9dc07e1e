CREATE TABLE "audit_erased" (
	"audit_id" uuid PRIMARY KEY NOT NULL,
	"erasure_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "patients" ADD COLUMN "erased_at" timestamp with time zone;
--> statement-breakpoint
GRANT SELECT ON audit_erased TO holdfast_app;
--> statement-breakpoint
-- The trail stays append-only, but for the values of an entry that is noted as erased. What happened when, and to which
-- record, can never be changed.
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'audit' then
    if (new.id, new.at, new.actor_id, new.patient_id, new.action, new.entity, new.entity_id, new.request_id)
        is not distinct from
        (old.id, old.at, old.actor_id, old.patient_id, old.action, old.entity, old.entity_id, old.request_id)
      and exists (select from public.audit_erased e where e.audit_id = old.id) then
      return new;
    end if;
  end if;
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$;
--> statement-breakpoint
CREATE TRIGGER audit_erased_append_only BEFORE UPDATE OR DELETE ON audit_erased
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
--> statement-breakpoint
CREATE TRIGGER audit_erased_no_truncate BEFORE TRUNCATE ON audit_erased
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
