-- A placement case that is named for bulk placing: `NamedCase` (src/db/verbs/bulk-placement.ts). `why` says why it cannot be
-- placed, `displaced` is for the solver if it can.
create function case_to_place(me people, placement uuid, at timestamptz) returns jsonb language plpgsql stable as $$
declare k cases; a appointments; why jsonb; displaced jsonb;
begin
  select * into k from cases x where x.id = placement;
  select * into a from appointments x where x.id = k.appointment_id;
  if a.id is null then why := '{"code": "not-found"}';
  elsif k.status <> 'open' or a.status <> 'to-place' then why := '{"code": "closed"}';
  elsif is_claimed_by_another(me, k, at) then
    why := jsonb_build_object('code', 'claimed', 'by', (select p.name from people p where p.id = k.claimed_by));
  elsif not (select t.active from patients t where t.id = a.patient_id) then why := '{"code": "patient-inactive"}';
  else select x into displaced from displaced_appointments(array[a.id]) x;
  end if;
  return jsonb_build_object('caseId', placement, 'appointmentId', a.id, 'why', why, 'displaced', displaced);
end $$;
