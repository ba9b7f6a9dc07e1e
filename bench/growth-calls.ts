/** One call of a stored function: who calls, with which arguments, after which other statements. SQL with `:names`. */
export interface GrowthCall {
  /** The function, and after a blank which of its calls. */
  name: string;
  by: "staff" | "patient" | "doctor" | "system";
  args: string;
  /** A call that must come first in the same transaction. Its answer fills `:hold`. */
  first?: string;
  /**
   * Blocks that it may read after ten years, in the place of twice the first quarter's. Either it reads all that there is about
   * one patient, or the first quarter has nothing for it to do.
   */
  atMost?: number;
}

/** Ids that the calls name, in the order in which they are looked up. A later one may name an earlier one. */
export const IDS: Record<string, string> = {
  doctor: "select id from doctors order by name limit 1",
  heir: "select id from doctors order by name desc limit 1",
  location: "select id from locations limit 1",
  visit: `select id from appointments where status = 'booked' and starts_at > now() + interval '5 days'
    order by starts_at, id limit 1`,
  patient: "select patient_id as id from appointments where id = :visit",
  subject: "select p.subject as id from patients t join people p on p.id = t.person_id where t.id = :patient",
  other: `select t.id from patients t join people p on p.id = t.person_id
    where t.id <> :patient and not exists (select from appointments a, appointments v where v.id = :visit
      and a.patient_id = t.id and a.starts_at between v.starts_at - interval '1 day' and v.starts_at + interval '1 day')
    order by t.id limit 1`,
  staff: "select id from people where subject = 'bench|staff1'",
  free: `select id from slots where status = 'open' and appointment_id is null and clinic_date > current_date + 20
    order by starts_at, id limit 1`,
  today: `select id from appointments where status = 'booked' and starts_at > now() order by starts_at, id limit 1`,
  seen: "select id from appointments where status = 'completed' order by starts_at desc, id limit 1",
  lost: "select id from appointments where status = 'to-place' order by starts_at, id limit 1",
  case: "select id from cases where status = 'open' order by due_at, id limit 1",
  task: "select id from tasks where status = 'open' order by created_at, id limit 1",
  operation: "select id from operations order by id desc limit 1",
  delivery: "select id from deliveries order by id desc limit 1",
};

const filter = `doctor => null, patient => null, only_unconfirmed => false, from_date => null, to_date => null, after => null,
  page_size => 20`;
const offer = `for_patient => null, moving => null, doctor => null, wanted_specialty => null, location => null, weekday => null,
  part_of_day => null, from_date => null, to_date => null`;
const audit = "after_micros => null, after_id => null, batch => 51, is_export => false";
const call = (name: string, by: GrowthCall["by"], args: string, first?: string): GrowthCall =>
  first === undefined ? { name, by, args } : { name, by, args, first };
const HELD = "hold_slot(:patient_caller, null, :free, null, null)";

/** Reads. A read that is not here fails the test. */
const READS: GrowthCall[] = [
  call("list_appointments upcoming of all", "staff", `span => 'upcoming', ${filter}`),
  call("list_appointments past of all", "staff", `span => 'past', ${filter}`),
  call("list_appointments past of a doctor", "doctor", `span => 'past', ${filter}`),
  call("list_appointments upcoming of a doctor", "doctor", `span => 'upcoming', ${filter}`),
  call("list_appointments past of a patient", "patient", `span => 'past', ${filter.replace("20", "1")}`),
  call("list_appointments upcoming of a patient", "patient", `span => 'upcoming', ${filter}`),
  call("list_appointments of all", "staff", `span => null, ${filter}`),
  call("list_appointments unconfirmed", "staff", `span => null, ${filter.replace("=> false", "=> true")}`),
  call(
    "list_appointments of a day",
    "staff",
    `span => null, ${filter.replace("from_date => null, to_date => null", "from_date => current_date - 30, to_date => current_date - 30")}`,
  ),
  call("find_appointment", "staff", "appointment => :visit"),
  call("find_appointment of the past", "staff", "appointment => :seen"),
  call("find_appointment_of_case", "staff", "placement => :case"),
  call("find_event", "patient", "appointment => :visit"),
  call("list_deliveries", "staff", "appointment => :seen"),
  call(
    "read_board",
    "staff",
    "from_date => current_date, to_date => current_date, location => null, doctor => null, known_tag => null",
  ),
  call("read_today", "staff", "doctor => null, wanted_location => null, week_count => 4"),
  call("list_tasks of all", "staff", "only_status => null, only_kind => null, after => null, page_size => 20"),
  call("list_tasks open", "staff", "only_status => 'open', only_kind => null, after => null, page_size => 20"),
  call("list_tasks done", "staff", "only_status => 'done', only_kind => null, after => null, page_size => 20"),
  call(
    "list_tasks of a kind",
    "staff",
    "only_status => 'open', only_kind => 'mail-refused', after => null, page_size => 20",
  ),
  call(
    "list_cases open",
    "staff",
    "only_status => 'open', only_mine => false, closed_from => null, after => null, page_size => 20",
  ),
  call(
    "list_cases of all",
    "staff",
    "only_status => null, only_mine => false, closed_from => null, after => null, page_size => 20",
  ),
  call(
    "list_cases mine",
    "staff",
    "only_status => null, only_mine => true, closed_from => null, after => null, page_size => 20",
  ),
  call(
    "list_cases closed today",
    "staff",
    "only_status => 'placed', only_mine => false, closed_from => current_date - 1, after => null, page_size => 20",
  ),
  call("find_case", "staff", "placement => :case"),
  call(
    "list_holidays of a year",
    "staff",
    "location => null, of_year => extract(year from now())::int, holiday => null",
  ),
  call("list_exceptions", "staff", "doctor => :doctor, from_date => null"),
  call("find_schedule", "staff", "doctor => :doctor"),
  call("list_operations", "staff", "before_id => null, page_size => 20"),
  call("find_operation", "staff", "operation => :operation"),
  call(
    "list_operation_items",
    "staff",
    "operation => :operation, wanted_state => null, after_ms => null, after_id => null, page_size => 20",
  ),
  call("list_late_openings", "staff", "doctor => null, after => null, page_size => 10"),
  call("read_audit of all", "staff", `asked => '{}', ${audit}`),
  call("read_audit of an actor", "staff", `asked => jsonb_build_object('actor', :staff), ${audit}`),
  {
    ...call("read_audit of a patient", "staff", `asked => jsonb_build_object('subject', :patient), ${audit}`),
    atMost: 1_000,
  },
  call("read_audit of a rare action", "staff", `asked => '{"action": "patient.change"}', ${audit}`),
  call("read_audit of an entity", "staff", `asked => jsonb_build_object('entityId', :seen), ${audit}`),
  call(
    "read_audit of a day",
    "staff",
    `asked => jsonb_build_object('from', current_date - 9, 'to', current_date - 9), ${audit}`,
  ),
  call(
    "read_audit of an actor, a patient and a day",
    "staff",
    `asked => jsonb_build_object('from', current_date - 9, 'to', current_date - 9, 'actor', :staff, 'subject', :patient), ${audit}`,
  ),
  call("count_audit", "staff", "asked => '{}', enough => 2000"),
  call("read_availability of all", "patient", `${offer}, after => null, max_count => 50`),
  call(
    "read_availability of a doctor",
    "staff",
    `${offer.replace("doctor => null", "doctor => :doctor")}, after => null, max_count => 50`,
  ),
  call("read_available_days", "patient", offer),
  call(
    "read_openings",
    "staff",
    "patient => :patient, doctor => null, wanted_specialty => null, wanted_location => null, from_date => null, max_count => 20",
  ),
  call("find_slot", "system", "slot => :free"),
  call("read_hold", "patient", "hold => :hold", HELD),
  call("read_hold by staff", "staff", "hold => :hold", HELD),
  call("find_patient", "staff", "patient => :patient"),
  { ...call("export_patient", "staff", "patient => :patient"), atMost: 3_000 },
  call(
    "search_patients",
    "staff",
    "asked => '{patient}', born => null, number_begins => null, after_rank => null, after_id => null, batch => 20",
  ),
  call("find_person", "patient", ""),
  call("find_preferences", "patient", ""),
  call("find_calendar_feed", "patient", ""),
  call("read_calendar_feed of a patient", "system", "secret => repeat('0a', 32)"),
  call("read_calendar_feed of a doctor", "system", "secret => repeat('0b', 32)"),
  call("find_mail_link", "system", "appointment => :visit, patient => :patient, told => '{\"startsAt\": 1}'"),
  call("find_reminder_choice", "system", "patient => :patient"),
  call("list_doctors", "staff", "which => 'all', wanted_specialty => null"),
  call("list_active_doctors", "system", "wanted_specialty => null"),
  call("find_doctor", "staff", "doctor => :doctor"),
  call("list_staff", "staff", "which => 'all'"),
  call("find_staff", "staff", "staff => :staff"),
  call("list_locations", "staff", ""),
  call("find_location", "staff", "location => :location"),
  call("find_clinic", "staff", ""),
  call("read_clinic", "system", ""),
  call("read_policy", "staff", ""),
  call("list_api_clients", "staff", ""),
  call("find_api_client", "staff", "client => uuidv7()"),
  call("read_api_keys", "system", ""),
  call(
    "find_import",
    "staff",
    "which => uuidv7(), of_state => null, with_findings => false, after_kind => null, after_row => null, batch => 50",
  ),
  call("read_readiness", "system", "months => 12"),
  call("read_calendar of a doctor", "staff", "scope => jsonb_build_object('doctorIds', jsonb_build_array(:doctor))"),
  call("read_calendar of a slot", "staff", "scope => jsonb_build_object('slotId', :free)"),
  call(
    "read_calendar of a day",
    "staff",
    "scope => jsonb_build_object('doctorIds', jsonb_build_array(:doctor), 'from', current_date + 5, 'to', current_date + 5)",
  ),
  call(
    "read_calendar of a holiday",
    "staff",
    "scope => jsonb_build_object('days', jsonb_build_array(jsonb_build_object('date', current_date + 5)))",
  ),
  call(
    "read_candidates",
    "system",
    "specialties => '{Specialty 1}', days => jsonb_build_array(jsonb_build_object('from', current_date - date '1970-01-01', 'to', current_date - date '1970-01-01' + 14))",
  ),
  call("read_undo_items", "system", "operation => :operation"),
  call("read_undone_operation", "staff", "operation => :operation"),
  call("last_schedule_change", "system", "doctor => :doctor"),
];

/** Changes, and the claims and deletions of jobs. */
const VERBS: GrowthCall[] = [
  call("hold_slot", "patient", "patient => null, slot => :free, override => null, moving => null"),
  call(
    "hold_slot taken",
    "patient",
    "patient => null, slot => (select slot_id from appointments where id = :today), override => null, moving => null",
  ),
  call(
    "hold_first_free",
    "patient",
    "patient => null, doctor => null, specialty => null, from_date => null, to_date => null, moving => null",
  ),
  call("extend_hold", "patient", "hold => :hold", HELD),
  call("release_hold", "patient", "hold => :hold", HELD),
  call("release_hold by staff", "staff", "hold => :hold", HELD),
  call(
    "confirm_hold",
    "patient",
    "hold => :hold, patient => null, id => uuidv7(), reason => null, override => null",
    HELD,
  ),
  call(
    "confirm_hold over",
    "patient",
    "hold => uuidv7(), patient => null, id => uuidv7(), reason => null, override => null",
  ),
  call(
    "reschedule_appointment",
    "patient",
    "appointment => :visit, versions => '{1}', patient => null, hold => :hold, override => null",
    HELD,
  ),
  call(
    "cancel_appointment",
    "patient",
    "appointment => :visit, versions => '{1}', patient => null, reason_by => 'patient', reason_code => 'unspecified', note => null, override => null",
  ),
  call(
    "transfer_appointment",
    "staff",
    "appointment => :visit, versions => '{1}', recipient => :other, override => null",
  ),
  // Of a visit that was seen, so that it is done at any hour: the mark is taken back one step.
  call("mark_attendance", "staff", "appointment => :seen, versions => '{1}', mark => 'arrived'"),
  call("claim_case", "staff", "placement => :case, versions => '{1}'"),
  call(
    "place_appointment",
    "staff",
    "appointment => :lost, placement => :case, versions => '{1}', slot => :free, agreed => false, override => null, late_only => false",
  ),
  call(
    "cancel_case",
    "staff",
    "placement => :case, versions => '{1}', reason_by => 'clinic', reason_code => 'staffing', note => null",
  ),
  call("finish_task", "staff", "task => :task, versions => '{1}', runs_again => false"),
  call(
    "change_patient",
    "staff",
    "patient => :patient, versions => '{1}', changes => '{\"phone\": \"+353 1 555 0101\"}', cancels => false",
  ),
  call(
    "merge_patients",
    "staff",
    "source => :other, versions => '{1}', target => :patient, target_version => 1, reason => 'same'",
  ),
  call(
    "create_patient",
    "staff",
    'details => \'{"name": "New Person", "date_of_birth": "1980-02-02", "language": "en"}\'',
  ),
  call("claim_notifications", "system", "appointment => null, batch => 50"),
  call("claim_notifications of one", "system", "appointment => :visit, batch => 50"),
  call("claim_reminders", "system", "batch => 50"),
  call(
    "record_feedback",
    "system",
    "outcome => 'delivered', reason => null, delivery => :delivery, message => null, addresses => '{}'",
  ),
  call(
    "record_feedback by message",
    "system",
    "outcome => 'delivered', reason => null, delivery => null, message => 'none', addresses => '{}'",
  ),
  call("seal_audit", "system", "batch => 1"),
  call("retire_doctors", "system", "request_id => 'r'"),
  call("forget_answers", "system", "hours => 48, batch => 100"),
  call("record_refusal", "staff", "operation => 'bookAppointment'"),
  { ...call("forget_free_slots", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_notified", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_reminders", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_message_ids", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_tasks", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_operation_previews", "system", "max_count => 20"), atMost: 1_500 },
  { ...call("forget_reasons", "system", "max_count => 20"), atMost: 1_500 },
  // Only operators call it: it counts whole tables.
  { ...call("count_kept_too_long", "system", "days => 3"), atMost: 1_000_000 },
  call("forget_holds", "system", "days => 7, max_count => 100"),
  call("forget_previews", "system", "days => 7, max_count => 100"),
  call("forget_dry_runs", "system", "days => 7, max_count => 100"),
  call(
    "lock_calendar",
    "system",
    "scope => jsonb_build_object('doctorIds', jsonb_build_array(:doctor)), for_holidays => false",
  ),
  call(
    "lock_calendar_slots",
    "system",
    "scope => jsonb_build_object('doctorIds', jsonb_build_array(:doctor)), slot_ids => array[:free]",
  ),
];

export const CALLS: readonly GrowthCall[] = [...READS, ...VERBS];
