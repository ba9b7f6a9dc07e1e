create function appointment_of_case(placement uuid) returns uuid language plpgsql stable as $$
begin
  return (select k.appointment_id from cases k where k.id = placement);
end $$;

-- Whether another person works on the case at this instant. That refusal stands before all others: it says most.
create function is_claimed_by_another(me people, k cases, at timestamptz) returns boolean language sql immutable
return coalesce(k.claimed_by <> me.id and k.claim_expires_at > at, false);

-- The data of `case-claimed`: the person at work on the case, and until when.
create function case_claimed(k cases, location uuid) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('claimedBy', (select p.name from people p where p.id = k.claimed_by),
    'until', ms(k.claim_expires_at), 'zone', zone_of(location));
end $$;
