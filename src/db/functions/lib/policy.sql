-- The settings of the policy by their names on the wire: `PolicyValues`.
create function policy_values(y policy) returns jsonb language sql stable
return jsonb_build_object('slotMinutes', y.slot_minutes, 'freezeHours', y.freeze_hours, 'holdSeconds', y.hold_seconds,
  'holdExtensions', y.hold_extensions, 'holdsPerPatient', y.holds_per_patient,
  'holdMinutesPerDay', y.hold_minutes_per_day, 'changeBudget', y.change_budget,
  'patientChangeBudget', y.patient_change_budget, 'patientActionBudget', y.patient_action_budget,
  'changeWindowDays', y.change_window_days, 'appointmentsPerPatient', y.appointments_per_patient,
  'quietSeconds', y.quiet_seconds, 'maxDelaySeconds', y.max_delay_seconds, 'mailsPerDay', y.mails_per_day,
  'horizonDays', y.horizon_days, 'reminderHours', y.reminder_hours, 'sessionMinutes', y.session_minutes,
  'stepUpMinutes', y.step_up_minutes, 'minNoticeMinutes', y.min_notice_minutes,
  'lateOpenings', y.late_openings, 'notifyAtOnceMinutes', y.notify_at_once_minutes, 'answerHours', y.answer_hours,
  'reassignDays', y.reassign_days, 'reassignDayPoints', y.reassign_day_points,
  'reassignHourPoints', y.reassign_hour_points, 'reassignEarlierPoints', y.reassign_earlier_points,
  'reassignDoctorPoints', y.reassign_doctor_points, 'reassignLocationPoints', y.reassign_location_points,
  'claimMinutes', y.claim_minutes, 'offerMinutes', y.offer_minutes, 'locales', y.locales,
  'mailNamesDoctor', y.mail_names_doctor, 'freeSlotsKeptDays', y.free_slots_kept_days,
  'messagesKeptDays', y.messages_kept_days, 'tasksKeptDays', y.tasks_kept_days,
  'previewsKeptDays', y.previews_kept_days, 'reasonsKeptDays', y.reasons_kept_days);

-- The policy for the Worker: `PolicyRow`.
create function policy_json(y policy) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object('values', policy_values(y), 'version', y.version,
    'changedBy', (select p.name from people p where p.id = y.changed_by), 'changedAt', ms(y.updated_at),
    'zone', (select x.time_zone from clinic x));
end $$;
