-- The data of `version-conflict` for a record: who changed it last (null: the system itself), and when.
create function record_conflict(changer uuid, changed_at timestamptz) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('changedBy', (select p.name from people p where p.id = changer),
    'changedAt', ms(changed_at), 'zone', (select x.time_zone from clinic x));
end $$;

-- The date at the clinic.
create function clinic_today() returns date language plpgsql as $$
begin
  return (select (clock_timestamp() at time zone x.time_zone)::date from clinic x);
end $$;
