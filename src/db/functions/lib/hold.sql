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
    -- What is no longer held is forgotten; a slot that another statement has locked right now stays in the list.
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

-- Whether this hold, live or expired, is another patient's than `patient` (null: any patient's).
create function is_hold_of_another(hold uuid, patient uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from slots s where s.hold_id = hold and s.held_by is distinct from patient);
end $$;

-- What became of the hold that a refused verb named, for a booking or a move of appointment `moving`: whether its slot can
-- be held again, or what is free instead.
create function hold_expired(me people, p patients, hold uuid, moving uuid default null) returns jsonb
language plpgsql as $$
declare s slots; r free_rules := offer_rules_for(me.role = 'staff', p.id, moving);
begin
  select * into s from slots x where x.hold_id = hold and x.held_by = p.id;
  if is_free(s, r) then return jsonb_build_object('slotFree', s.hold_expires_at <= r.at, 'slotId', s.id); end if;
  return jsonb_strip_nulls(jsonb_build_object('slotFree', false, 'slotId', s.id))
    || jsonb_build_object('alternatives', nearest_free(me, p.id, s.id, moving => moving));
end $$;
