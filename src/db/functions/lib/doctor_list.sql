-- Doctors by name, all or of one specialty, and the specialties of those who are active: `DoctorList`. `which`: 'active',
-- 'inactive' or 'all'.
create function doctor_list(which text, wanted_specialty text) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object(
    'items', (
      select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name, 'specialty', d.specialty,
        'slotMinutes', coalesce(d.slot_minutes, p.slot_minutes), 'active', d.active,
        'locationIds', (
          select coalesce(jsonb_agg(distinct s.location_id), '[]') from schedules s where s.doctor_id = d.id))
        order by d.name, d.id), '[]')
      from doctors d, policy p
      where (which = 'all' or d.active = (which = 'active'))
        and (wanted_specialty is null or d.specialty = wanted_specialty)),
    'specialties', (select coalesce(jsonb_agg(distinct d.specialty), '[]') from doctors d where d.active));
end $$;
