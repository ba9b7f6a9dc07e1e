-- Changes and removes slots of a plan, which are locked, and displaces the appointments of `displace_ids`, whose holds end.
-- `set_slots`: slots as they shall be, `NewSlot[]` with ids. Records the operation. Returns how many appointments were
-- displaced, how many live holds ended, and when the last notification falls due.
create function apply_to_slots(
  c caller, operation jsonb, reason text, set_slots jsonb, remove_ids uuid[], displace_ids uuid[]
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; operation_id uuid; lost appointments[]; holds_released int; latest timestamptz;
begin
  me := require_staff(c);
  operation_id := record_operation(c, me, operation);
  lost := array(
    select a from appointments a where a.slot_id = any(displace_ids) and a.status in ('booked', 'moved')
    order by a.starts_at, a.id);
  latest := displace_appointments(c, me, lost, operation_id, reason);
  select count(*) into holds_released
  from slots s where s.id = any(displace_ids) and s.hold_expires_at > clock_timestamp();
  delete from slots s where s.id = any(remove_ids);
  update slots s set starts_at = to_timestamp(x."startsAt" / 1000.0), ends_at = to_timestamp(x."endsAt" / 1000.0),
    clinic_date = x.date, status = x.status, closed_by = x."closedBy", by_hand = x."byHand", origin = x.origin,
    appointment_id = case when not x.ends then s.appointment_id end, hold_id = case when not x.ends then s.hold_id end,
    held_by = case when not x.ends then s.held_by end, hold_expires_at = case when not x.ends then s.hold_expires_at end,
    hold_extensions = case when x.ends then 0 else s.hold_extensions end, late_opening = s.late_opening and not x.ends,
    version = s.version + 1
  from (select p.*, p.id = any(displace_ids) as ends from planned_slots(set_slots) p) x where s.id = x.id;
  return jsonb_build_object('displaced', cardinality(lost), 'holdsReleased', holds_released, 'dueAt', ms(latest));
end $$;
