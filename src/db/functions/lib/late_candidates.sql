-- The best 5 patients who could take the late opening `s` of doctor `d`, each once: `CandidateRow[]`. In this order:
-- 1. appointments that must be placed, of this doctor, longest waiting first; 2. the same of others of the specialty;
-- 3. those that the clinic moved to a later time with this doctor; 4. those booked later with this doctor. Of the last two
--   the latest comes first: it gains most, and the slot that it leaves can still be booked.
create function late_candidates(me people, s slots, d doctors) returns jsonb language plpgsql stable as $$
declare colleagues uuid[] := array(select m.id from doctors m where m.specialty = d.specialty and m.id <> d.id);
begin
  return (
    select coalesce(jsonb_agg(late_candidate_json(x.a, s, x.rank) order by x.rank, x.place), '[]')
    from (
      select once.* from (
        select distinct on ((ranked.a).patient_id) ranked.* from (
          select w as a, 1 as rank, row_number() over (order by w.starts_at, w.id) as place
          from waiting_for(me, s, array[d.id]) w
          union all
          select w, 2, row_number() over (order by w.starts_at, w.id) from waiting_for(me, s, colleagues) w
          union all
          select b, 3, row_number() over (order by b.starts_at desc, b.id) from later_than(s, 'moved') b
          union all
          select b, 4, row_number() over (order by b.starts_at desc, b.id) from later_than(s, 'booked') b) ranked
        order by (ranked.a).patient_id, ranked.rank, ranked.place) once
      order by once.rank, once.place limit 5) x);
end $$;

create function late_candidate_json(a appointments, s slots, rank int) returns jsonb language plpgsql stable as $$
declare t patients;
begin
  select * into t from patients x where x.id = a.patient_id;
  return jsonb_build_object('version', a.version,
    'reason', case when rank <= 2 then 'to-place' when rank = 3 then 'moved-by-clinic' else 'later-appointment' end,
    'appointmentId', a.id, 'status', a.status, 'patientId', t.id, 'patientName', t.name, 'phone', t.phone, 'phoneE164', t.e164,
    'doctorId', a.doctor_id, 'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at), 'zone', zone_of(a.location_id),
    'gainMinutes', case when rank > 2 then (extract(epoch from a.starts_at - s.starts_at) / 60)::int end);
end $$;

-- Up to 5 appointments of these doctors that must be placed, could take slot `s`, and have no other person's claim.
create function waiting_for(me people, s slots, doctor_ids uuid[]) returns setof appointments language plpgsql stable as $$
begin
  return query select a.* from appointments a
    where a.status = 'to-place' and a.doctor_id = any(doctor_ids) and could_take(a, s)
      and not exists (
        select from cases k
        where k.appointment_id = a.id and k.status = 'open' and is_claimed_by_another(me, k, clock_timestamp()))
    order by a.starts_at, a.id limit 5;
end $$;

-- Up to 5 later appointments of the slot's doctor, outside the freeze, that could take slot `s`. Left out are
-- those that had this slot and left it.
create function later_than(s slots, current_status text) returns setof appointments language plpgsql stable as $$
declare thawed timestamptz;
begin
  select clock_timestamp() + make_interval(hours => p.freeze_hours) into thawed from policy p;
  return query select a.* from appointments a
    where a.doctor_id = s.doctor_id and a.status = current_status and a.starts_at > greatest(s.ends_at, thawed)
      and could_take(a, s) and not gave_up(a, s)
    order by a.starts_at desc limit 5;
end $$;

-- Whether the patient of appointment `a` had slot `s` and left it.
create function gave_up(a appointments, s slots) returns boolean language plpgsql stable as $$
begin
  return exists (select from audit u where u.entity_id = a.id and u.before ->> 'slotId' = s.id::text)
    or exists (select from appointments o where o.patient_id = a.patient_id and o.status = 'cancelled'
      and o.cancelled_by = 'patient' and o.doctor_id = s.doctor_id and o.starts_at = s.starts_at);
end $$;
