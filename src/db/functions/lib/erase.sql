-- Erases what was written about the patients `line`, and what was kept of messages to them.
create function erase_texts(line uuid[]) returns void language plpgsql as $$
begin
  perform from appointments a where a.patient_id = any(line) order by a.id for no key update;
  update appointments a set reason = null, cancel_note = null, version = a.version + 1
  where a.patient_id = any(line) and num_nonnulls(a.reason, a.cancel_note) > 0;
  update cases k set contact_note = null, version = k.version + 1
  where k.contact_note is not null and k.appointment_id in (select a.id from appointments a where a.patient_id = any(line));
  update deliveries d set message_id = null where d.patient_id = any(line) and d.message_id is not null;
  delete from suppressions u where u.address in (select lower(t.email) from patients t where t.id = any(line))
    and not exists (select from patients o where lower(o.email) = u.address and o.id <> all(line));
  delete from calendar_feeds f where f.patient_id = any(line);
  update import_rows r set source_id = null, alike = null, findings = '[]'
  where r.entity_id = any(line) or r.patient_id = any(line);
  -- Kept answers are of the last two days. They name the patient by id.
  delete from idempotency_keys i
  where exists (select from unnest(line) x where position(x::text in coalesce(i.result, i.refusal)::text) > 0)
    or i.person_id in (select t.person_id from patients t where t.id = any(line));
end $$;

-- Erases the records of the patients `line` and their login. The rows stay, since appointments refer to them.
create function erase_records(me people, line uuid[]) returns void language plpgsql as $$
declare logins uuid[] := array(
  select t.person_id from patients t where t.id = any(line) and t.person_id is not null
  -- Former logins: the trail says which were taken away from these records.
  union select (u.before ->> 'personId')::uuid from audit u
  where u.patient_id = any(line) and u.before ->> 'personId' is not null);
begin
  update patients t set number = t.id::text, name = '-', date_of_birth = '1900-01-01', email = null, phone = null, e164 = null,
    person_id = null, login_blocked = true, reminders = false, active = false, inactive_because = null, hold_slot_ids = '{}', change_times = '{}',
    booking_times = '{}', erased_at = clock_timestamp(), changed_by = me.id, updated_at = clock_timestamp(),
    version = t.version + 1
  where t.id = any(line);
  update people x set subject = 'erased|' || x.id, name = '-', active = false, session_version = x.session_version + 1
  where x.id = any(logins) and x.role = 'patient';
end $$;

-- Erases what the audit trail says of the patients `line` beyond ids, instants and codes. Each entry that loses something is
-- noted in audit_erased. Answers the values of the entry `patient.erase`: the erasure's id, and the number of its entries
-- and the SHA-256 of their ids in order. So the verifier knows which entries may differ from their seals
-- (dev/audit/verify.ts).
create function erase_entries(line uuid[]) returns jsonb language plpgsql as $$
declare erasure uuid := uuidv7(); entries uuid[];
begin
  entries := array(
    select u.id from audit u
    where (u.patient_id = any(line) or u.entity_id = any(line)) and (u.reason is not null
      or u.before is distinct from without_person(u.before) or u.after is distinct from without_person(u.after))
    order by u.id for update);
  insert into audit_erased (audit_id, erasure_id) select x, erasure from unnest(entries) x on conflict do nothing;
  update audit u set before = without_person(u.before), after = without_person(u.after), reason = null
  where u.id = any(entries);
  return jsonb_build_object('erasure', erasure, 'entries', cardinality(entries), 'digest', erasure_digest(entries));
end $$;

create function erasure_digest(entries uuid[]) returns text language sql immutable
return encode(sha256(convert_to(array_to_string(entries, ','), 'UTF8')), 'hex');

-- The values of an entry without those that can tell who the patient is. What is not known to be harmless goes.
create function without_person(entry jsonb) returns jsonb language plpgsql immutable as $$
begin
  if jsonb_typeof(entry) is distinct from 'object' then return null; end if;
  return (
    select jsonb_object_agg(x.key, x.value) from jsonb_each(entry) x
    where x.key = any('{active,appointmentId,cancelCode,cancelledBy,changesUsed,count,digest,doctorId,endsAt,entries,erasure,
      expiresAt,heldBy,holdId,kind,locationId,mergedInto,overlapAllowed,patientId,patientIds,personId,slotId,startsAt,state,
      status,version,way}'::text[]));
end $$;
