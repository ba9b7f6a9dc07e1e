-- Holds the locked slot `s` for the locked patient `p` and writes the answer. The patient's other live holds beyond
-- `holdsPerPatient` are released, oldest first.
create function hold_for(c caller, me people, p patients, s slots, restored_at timestamptz, override text default null)
returns jsonb language plpgsql as $$
declare
  rules policy; at timestamptz := clock_timestamp(); others slots[]; surplus uuid[] := '{}'; kept uuid[] := '{}'; held slots;
begin
  select * into rules from policy;
  if p.hold_slot_ids <> '{}' then
    others := array(select o from slots o where o.id = any(p.hold_slot_ids) and o.id <> s.id for update skip locked);
    surplus := array(
      select (x.o).id from (
        select o, row_number() over (order by array_position(p.hold_slot_ids, (o).id) desc) as age
        from unnest(others) o where (o).held_by = p.id and (o).hold_expires_at > at) x
      where x.age >= rules.holds_per_patient);
    update slots o set hold_id = null, held_by = null, hold_expires_at = null, hold_extensions = 0,
      version = o.version + 1
    where o.id = any(surplus);
    -- Slots that are no longer held are forgotten. A slot that another statement has locked right now stays in the list.
    kept := array(
      select x from unnest(p.hold_slot_ids) x
      where x <> s.id and x <> all(surplus) and x not in (
        select (o).id from unnest(others) o where (o).held_by is distinct from p.id or (o).hold_expires_at <= at));
  end if;
  update slots o set hold_id = uuidv7(), held_by = p.id, hold_extensions = 0, version = o.version + 1,
    hold_expires_at = at + make_interval(secs => rules.hold_seconds)
  where o.id = s.id returning * into held;
  update patients t set
    hold_quota_restored_at = case when me.role = 'staff' then t.hold_quota_restored_at else restored_at end,
    hold_slot_ids = kept || held.id
  where t.id = p.id;
  return done(c, me, 'hold', 'slot', held.id, p.id, hold_audit(s),
    hold_audit(held) || jsonb_build_object('released', surplus), hold_json(held, at), override);
end $$;

-- Whether there is no such hold for the caller, acting for patient `p`. Another patient's hold and one that never was look
-- alike. The next hold overwrites a slot's last one. So the audit trail says whose it was and who asked for it. An id has
-- the time at which it was made (RFC 9562), so few entries are read.
create function is_no_hold_of(me people, p patients, hold uuid) returns boolean language plpgsql stable as $$
declare s slots; made_at timestamptz := uuid_extract_timestamp(hold);
begin
  select * into s from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold;
  if s.id is not null then return s.held_by is distinct from p.id; end if;
  return not exists (
    select from audit u
    where u.at between made_at - interval '10 s' and made_at + interval '10 s' and u.action = 'hold'
      and u.after ->> 'holdId' = hold::text and (u.actor_id = me.id or u.patient_id = any(merged_with(p.id))));
end $$;

-- The state of the hold that a refused verb named, for a booking or a move of appointment `moving`. It says whether the slot
-- can be held again, or which slots are free instead.
create function hold_expired(me people, p patients, hold uuid, moving uuid default null) returns jsonb
language plpgsql as $$
declare s slots; instead slots; r free_rules := offer_rules_for(me.role = 'staff', p.id, moving);
begin
  select * into s from slots x where x.id = slot_of_hold(hold) and x.hold_id = hold and x.held_by = p.id;
  -- A released hold may have made room for a later one of the same patient, on another screen.
  if s.id is null then
    select * into instead from slots x
    where x.id = any(p.hold_slot_ids) and x.held_by = p.id and x.hold_expires_at > r.at
    order by array_position(p.hold_slot_ids, x.id) desc limit 1;
  end if;
  if is_free(s, r) then return jsonb_build_object('slotFree', s.hold_expires_at <= r.at, 'slotId', s.id); end if;
  return jsonb_strip_nulls(jsonb_build_object('slotFree', false, 'slotId', s.id))
    || case when instead.id is null then '{}' else jsonb_build_object('heldInstead', hold_json(instead, r.at)) end
    || jsonb_build_object('alternatives', nearest_free(me, p.id, s.id, moving => moving));
end $$;

-- The slot that a hold is or was of; null for an id that was no hold. The slot itself says whether the hold still stands.
create function slot_of_hold(hold uuid) returns uuid language plpgsql stable as $$
begin
  return (select h.slot_id from holds h where h.id = hold);
end $$;
