-- Moves appointments of an operation into their new slots, where that is still possible under the locks. It locks patients,
-- slots and appointments, each by id. `moves`: `{appointmentId, slotId, explanation, startsAt, endsAt}`, each patient once.
-- `gap`: how much cheaper another plan could be. `outbid`: `{appointmentId, why}` of those the plan leaves out for others;
-- once those have their slots, that would no longer show. Returns the ids that were moved. Null: the lease is lost.
create function move_appointments(operation uuid, lease uuid, moves jsonb, gap bigint, outbid jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare o operations; r free_rules; locked uuid[]; moved uuid[] := '{}'; cost bigint := 0; move record;
begin
  select * into o from operations x where x.id = operation and x.lease_id = lease for no key update;
  if o.id is null then return null; end if;
  perform from patients t
  where t.id in (
    select a.patient_id from planned_moves(moves) x join appointments a on a.id = x."appointmentId")
  order by t.id for no key update;
  r := free_rules_for(false, null);
  -- A held slot is not even locked: its patient is about to confirm.
  locked := array(
    select s.id from slots s where s.id in (select x."slotId" from planned_moves(moves) x) and is_free(s, r)
    order by s.id for update skip locked);
  perform from appointments a where a.id in (select x."appointmentId" from planned_moves(moves) x)
  order by a.id for no key update;
  r := free_rules_for(false, null);
  for move in select x.* from planned_moves(moves) x where x."slotId" = any(locked) loop
    if move_appointment(o, move."appointmentId", move."slotId", move."startsAt", move."endsAt", move.explanation, r) then
      moved := moved || move."appointmentId"::uuid;
      cost := cost + coalesce((move.explanation ->> 'cost')::bigint, 0);
    end if;
  end loop;
  update operation_items i set explanation = x.why from jsonb_to_recordset(outbid) x("appointmentId" uuid, why jsonb)
  where i.operation_id = operation and i.appointment_id = x."appointmentId" and i.state = 'pending';
  update operations x set lease_until = lease_end(), proof = jsonb_build_object(
    'placed', coalesce((x.proof ->> 'placed')::bigint, 0) + cardinality(moved),
    'cost', coalesce((x.proof ->> 'cost')::bigint, 0) + cost,
    'bound', coalesce((x.proof ->> 'bound')::bigint, 0) + cost - gap)
  where x.id = operation;
  return to_jsonb(moved);
end $$;
