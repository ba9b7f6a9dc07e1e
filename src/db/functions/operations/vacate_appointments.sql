-- Takes appointments that go back out of their present slots, so that nothing blocks the change back. restore_appointments
-- follows in the same transaction. Returns what the audit trail keeps of each as it was, by id.
create function vacate_appointments(c caller, appointment_ids uuid[]) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; a appointments; before jsonb := '{}';
begin
  me := require_staff(c);
  for a in select x.* from appointments x where x.id = any(appointment_ids) order by x.id for no key update loop
    before := before || jsonb_build_object(a.id, appointment_audit(a));
    update slots s set appointment_id = null, version = s.version + 1 where s.id = a.slot_id;
    update appointments x set status = 'to-place', slot_id = null, changed_by = me.id
    where x.id = a.id and x.slot_id is not null;
  end loop;
  return before;
end $$;
