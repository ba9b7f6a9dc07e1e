-- A placement case with its appointment, for the Worker: `CaseRow`.
create function case_json(me people, k cases, a appointments) returns jsonb language plpgsql stable as $$
declare t patients; at timestamptz := clock_timestamp();
begin
  select * into t from patients x where x.id = a.patient_id;
  return jsonb_build_object('id', k.id, 'status', k.status, 'reason', k.reason,
    'causedBy', (select w.name from audit u join people w on w.id = u.actor_id
      where u.entity_id = a.id and u.action = 'appointment.displace' and u.request_id = k.request_id limit 1),
    'operationId', k.operation_id, 'why', k.why, 'appointmentId', a.id, 'patientId', t.id, 'patientName', t.name,
    'patientNumber', t.number, 'patientActive', t.active, 'dateOfBirth', t.date_of_birth, 'phone', t.phone,
    'phoneE164', t.e164, 'email', t.email, 'unreachable', is_unreachable(t), 'doctorId', a.doctor_id,
    'doctorName', (select d.name from doctors d where d.id = a.doctor_id), 'locationId', a.location_id,
    'startsAt', ms(a.starts_at), 'endsAt', ms(a.ends_at), 'zone', zone_of(a.location_id), 'dueAt', ms(k.due_at),
    'createdAt', ms(k.created_at), 'closedAt', ms(k.closed_at),
    'claim', case when k.claim_expires_at > at then jsonb_build_object(
      'by', (select w.name from people w where w.id = k.claimed_by), 'mine', k.claimed_by = me.id,
      'expiresAt', ms(k.claim_expires_at),
      'expiresInMs', ceil(extract(epoch from k.claim_expires_at - at) * 1000)::bigint) end,
    'contactAfter', ms(k.contact_after), 'contactNote', k.contact_note, 'version', k.version);
end $$;

-- A case as the audit trail keeps it: without the note, which people wrote.
create function case_audit(k cases) returns jsonb language sql stable
return jsonb_build_object('caseId', k.id, 'status', k.status, 'claimedBy', k.claimed_by,
  'claimExpiresAt', k.claim_expires_at, 'contactAfter', k.contact_after, 'version', k.version);

-- Why nothing may change about case `k` of appointment `a`, with what the caller must know; null if it may.
create function case_refusal(me people, k cases, a appointments, versions int[], at timestamptz) returns jsonb
language plpgsql stable as $$
begin
  if is_claimed_by_another(me, k, at) then return '{"code": "case-claimed"}' || case_claimed(k, a.location_id); end if;
  if k.version <> all (versions) then
    return '{"code": "version-conflict"}' || version_conflict(me, k.changed_by, k.updated_at, a.location_id);
  end if;
  if k.status <> 'open' then return '{"code": "wrong-state"}' || wrong_state(k.status, a.location_id); end if;
  if a.status not in ('booked', 'moved', 'to-place') then
    return '{"code": "wrong-state"}' || wrong_state(a.status, a.location_id);
  end if;
  return null;
end $$;
