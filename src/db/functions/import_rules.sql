-- What the Worker needs to judge the weekly sessions that an import brings: the doctors by the source's ids, each with the
-- sessions that they have (of a dry run, those of its rows before as well), and the locations by name: `ImportRules`.
create function import_rules(c caller, asked jsonb, doctor_ids text[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare i imports;
begin
  perform require_administrator(c);
  select * into i from imports x where x.name = asked ->> 'name';
  i.source := asked ->> 'source';
  i.dry_run := (asked ->> 'dryRun')::boolean;
  return jsonb_build_object(
    'slotMinutes', (select y.slot_minutes from policy y),
    'locations', (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'zone', l.time_zone)), '[]')
      from locations l),
    'doctors', (
      select coalesce(jsonb_agg(jsonb_build_object('ref', x.ref, 'id', x.id, 'version', coalesce(d.schedule_version, 1),
        'slotMinutes', import_slot_minutes(i, x.ref, x.id), 'sessions', sessions_json(x.id) || (
          select coalesce(jsonb_agg(session_of_row(r)), '[]') from import_rows r
          where r.import_id = i.id and r.kind = 'schedules' and r.dry_run and r.state = 'accepted'
            and (r.session ->> 'doctor_id')::uuid = x.id))), '[]')
      from (
        select u.ref, coalesce((import_known(i, 'doctors', u.ref)).entity_id,
          (select y.id from doctors y where y.id = id_of_source(u.ref))) as id
        from unnest(doctor_ids) u (ref)) x
      left join doctors d on d.id = x.id
      where x.id is not null));
end $$;
