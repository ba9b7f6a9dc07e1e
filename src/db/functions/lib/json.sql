-- An instant as epoch milliseconds, the one shape in which instants leave the database. Stable as `extract` is: a function
-- that is declared more constant than its body is not inlined.
create function ms(at timestamptz) returns bigint language sql stable parallel safe
return floor(extract(epoch from at) * 1000)::bigint;

-- A slot for the Worker: `SlotRow`.
create function slot_json(s slots) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', s.id, 'doctorId', s.doctor_id, 'locationId', s.location_id,
    'startsAt', ms(s.starts_at), 'endsAt', ms(s.ends_at),
    'zone', (select l.time_zone from locations l where l.id = s.location_id));
end $$;

-- A slot that is held, for the Worker: `HoldRow`.
create function hold_json(s slots, at timestamptz) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('id', s.hold_id, 'slot', slot_json(s), 'expiresAt', ms(s.hold_expires_at),
    'expiresInMs', (extract(epoch from s.hold_expires_at - at) * 1000)::int,
    'extensionsLeft', greatest(0, (select p.hold_extensions from policy p) - s.hold_extensions));
end $$;

-- A slot's hold as the audit trail keeps it.
create function hold_audit(s slots) returns jsonb language sql stable
return jsonb_build_object('slotId', s.id, 'holdId', s.hold_id, 'heldBy', s.held_by,
  'holdExpiresAt', s.hold_expires_at, 'holdExtensions', s.hold_extensions);
