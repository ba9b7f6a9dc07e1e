-- An administrator makes one record of two that are of the same person. Everything of the source record becomes the target's, or ends;
-- the source is switched off and names the target. Notifications of either count as the target's, so that no patient is
-- notified of the merge. Both patients are locked first, by id, then held slots, appointments and the outbox. `reason` goes to the
-- audit trail; `target_version` is null where the caller has not read the target.
create function merge_patients(
  c caller, source uuid, versions int[], target uuid, target_version int, reason text
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; s patients; was patients; t patients; earlier jsonb; clash jsonb; due timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  if source = target then return refuse(c, me, 'same-record'); end if;
  perform from patients x where x.id in (source, target) order by x.id for no key update;
  select * into s from patients x where x.id = source;
  select * into was from patients x where x.id = target;
  if s.id is null then return refuse(c, me, 'not-found'); end if;
  if s.version <> all (versions) then return refuse(c, me, 'version-conflict', merge_conflict(s)); end if;
  if s.merged_into is not null then return refuse(c, me, 'wrong-state', merge_state('merged', s)); end if;
  if s.erased_at is not null then return refuse(c, me, 'wrong-state', merge_state('erased', s)); end if;
  if was.id is null then return refuse(c, me, 'no-such-survivor'); end if;
  if was.version <> target_version then return refuse(c, me, 'version-conflict', merge_conflict(was)); end if;
  if was.merged_into is not null then return refuse(c, me, 'wrong-state', merge_state('merged', was)); end if;
  if not was.active then return refuse(c, me, 'wrong-state', merge_state('inactive', was)); end if;
  if s.person_id is not null and was.person_id is not null then
    return refuse(c, me, 'wrong-state', merge_state('linked', s));
  end if;
  perform lock_for_merge(s, was);
  clash := merge_clash(s.id, was.id);
  if clash is not null then return refuse(c, me, 'overlaps-own-appointment', clash); end if;
  due := merge_notifications(s.id, was.id);
  perform end_source(c, me, s, was, reason);
  perform merge_appointments(c, me, s.id, was.id, reason);
  update calendar_feeds f set patient_id = was.id where f.patient_id = s.id;
  update tasks k set patient_id = was.id, version = k.version + 1 where k.patient_id = s.id;
  -- Gaps in the target's record are filled, wishes of either record hold, and spent budgets stay spent.
  update patients x set person_id = coalesce(x.person_id, s.person_id), email = coalesce(x.email, s.email),
    phone = coalesce(x.phone, s.phone), e164 = case when x.phone is null then s.e164 else x.e164 end,
    reminders = x.reminders and s.reminders,
    keeps_location = x.keeps_location or s.keeps_location, login_blocked = x.login_blocked or s.login_blocked,
    hold_quota_restored_at = greatest(x.hold_quota_restored_at, s.hold_quota_restored_at),
    change_times = array(select at from unnest(x.change_times || s.change_times) at order by at),
    booking_times = array(select at from unnest(x.booking_times || s.booking_times) at order by at),
    changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  where x.id = was.id returning * into t;
  -- Switched off with the source's record; the target is active.
  update people p set active = true where p.id = s.person_id and not p.active;
  return done(c, me, 'patient.merge', 'patient', t.id, t.id, merge_audit(was), merge_audit(t), patient_json(t), reason, due);
end $$;
