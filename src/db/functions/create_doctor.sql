-- Staff add a doctor, who has no schedule and no login yet. `own_slot_minutes`: null for the policy's slot length.
create function create_doctor(c caller, doctor_name text, doctor_specialty text, own_slot_minutes int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; d doctors; earlier jsonb;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  insert into doctors (name, specialty, slot_minutes, changed_by)
  values (doctor_name, doctor_specialty, own_slot_minutes, me.id) returning * into d;
  return done(c, me, 'doctor.create', 'doctor', d.id, null, null, doctor_audit(d), doctor_json(d));
end $$;
