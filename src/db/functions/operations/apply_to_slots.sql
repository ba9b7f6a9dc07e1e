-- Changes and removes slots of a plan, which are locked, and displaces the appointments of `displace_ids`, whose holds end.
-- `set_slots`: slots as they shall be, `NewSlot[]` with ids. Records the operation. Returns how many appointments were
-- displaced, how many live holds ended, and when the last notification falls due.
create function apply_to_slots(
  c caller, operation jsonb, reason text, set_slots jsonb, remove_ids uuid[], displace_ids uuid[]
) returns jsonb language plpgsql security definer set search_path from current as $$
declare
  me people; operation_id uuid; was appointments; at timestamptz := clock_timestamp(); displaced int := 0;
  holds_released int; due timestamptz; latest timestamptz;
begin
  me := require_caller(c);
  operation_id := record_operation(c, me, operation);
  for was in
    select x.* from appointments x where x.slot_id = any(displace_ids) and x.status in ('booked', 'moved')
    order by x.starts_at, x.id
  loop
    due := displace_appointment(c, me, was, operation_id, reason, at);
    latest := greatest(latest, due);
    displaced := displaced + 1;
  end loop;
  select count(*) into holds_released from slots s where s.id = any(displace_ids) and s.hold_expires_at > clock_timestamp();
  update slots s set appointment_id = null, hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
    late_opening = false
  where s.id = any(displace_ids);
  delete from slots s where s.id = any(remove_ids);
  update slots s set starts_at = to_timestamp(x."startsAt" / 1000.0), ends_at = to_timestamp(x."endsAt" / 1000.0),
    clinic_date = x.date, status = x.status, closed_by = x."closedBy", by_hand = x."byHand", origin = x.origin,
    version = s.version + 1
  from planned_slots(set_slots) x where s.id = x.id;
  return jsonb_build_object('displaced', displaced, 'holdsReleased', holds_released, 'dueAt', ms(latest));
end $$;
