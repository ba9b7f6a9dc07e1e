-- The caller's own preferences: `PreferencesRow`; null when the caller has no active record.
create function find_preferences(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; p patients;
begin
  me := require_caller(c);
  select * into p from patients t where t.person_id = me.id and t.active;
  return case when p.id is not null then preferences_json(p) end;
end $$;
