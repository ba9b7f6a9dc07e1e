-- An administrator changes some settings of the policy. Later decisions follow the new ones. A hold that runs keeps its
-- expiry. `changes`: columns with their new values. Each setting's own bounds are constraints of the
-- table; here is what two settings say of each other.
create function change_policy(c caller, versions int[], changes jsonb) returns jsonb
language plpgsql security definer set search_path from current as $$
declare
  me people; was policy; y policy; earlier jsonb;
  -- The one policy row has no id of its own: the audit trail knows it by this one.
  policy_entity constant uuid := '00000000-0000-7000-8000-000000000001';
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into was from policy for update;
  if was.version <> all (versions) then
    return refuse(c, me, 'version-conflict', record_conflict(was.changed_by, was.updated_at));
  end if;
  y := jsonb_populate_record(was, changes);
  if y.quiet_seconds > y.max_delay_seconds then
    return refuse(c, me, 'out-of-order', '{"low": "quietSeconds", "high": "maxDelaySeconds"}');
  end if;
  if y.hold_seconds > y.hold_minutes_per_day * 60 then
    return refuse(c, me, 'out-of-order', '{"low": "holdSeconds", "high": "holdMinutesPerDay"}');
  end if;
  -- An administrator who requires a second factor must have proven one. Otherwise no administrator might be able to.
  if not may_administer(c, me, y.step_up_minutes) then return refuse_administration(c, me, y.step_up_minutes); end if;
  if y is not distinct from was then return done_already(c, me, policy_json(was)); end if;
  update policy x set slot_minutes = y.slot_minutes, freeze_hours = y.freeze_hours, hold_seconds = y.hold_seconds,
    hold_extensions = y.hold_extensions, holds_per_patient = y.holds_per_patient,
    hold_minutes_per_day = y.hold_minutes_per_day, change_budget = y.change_budget,
    patient_change_budget = y.patient_change_budget, patient_action_budget = y.patient_action_budget,
    change_window_days = y.change_window_days, appointments_per_patient = y.appointments_per_patient,
    mails_per_day = y.mails_per_day,
    quiet_seconds = y.quiet_seconds, max_delay_seconds = y.max_delay_seconds, horizon_days = y.horizon_days,
    reminder_hours = y.reminder_hours, session_minutes = y.session_minutes,
    step_up_minutes = y.step_up_minutes, min_notice_minutes = y.min_notice_minutes,
    late_openings = y.late_openings, notify_at_once_minutes = y.notify_at_once_minutes, answer_hours = y.answer_hours,
    reassign_days = y.reassign_days, reassign_day_points = y.reassign_day_points,
    reassign_hour_points = y.reassign_hour_points, reassign_earlier_points = y.reassign_earlier_points,
    reassign_doctor_points = y.reassign_doctor_points, reassign_location_points = y.reassign_location_points,
    claim_minutes = y.claim_minutes, offer_minutes = y.offer_minutes, locales = y.locales,
    mail_names_doctor = y.mail_names_doctor, free_slots_kept_days = y.free_slots_kept_days,
    messages_kept_days = y.messages_kept_days, tasks_kept_days = y.tasks_kept_days,
    previews_kept_days = y.previews_kept_days, reasons_kept_days = y.reasons_kept_days,
    changed_by = me.id, updated_at = clock_timestamp(), version = x.version + 1
  returning * into y;
  return done(c, me, 'policy.change', 'policy', policy_entity, null, policy_values(was), policy_values(y), policy_json(y));
end $$;
