-- Holdfast's tables, and what the table builder (src/db/schema) cannot say: the guards that hold even if all code is
-- wrong, and which role may touch what. What the Worker does with the tables stands in src/db/functions, one verb a file.
-- Instants are timestamptz; dates are clinic dates, in the location's zone; every interval is half-open.

-- All four are in PostgreSQL's own distribution, and in Neon.
create extension if not exists btree_gist with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists pg_trgm with schema public;
create extension if not exists fuzzystrmatch with schema public;

-- A name as it is searched for: without accents, case, apostrophes, joiners or other punctuation, a space around each word.
-- Chinese, Japanese and Korean write no spaces between names, so each of their characters is a word.
-- `unaccent` alone is not immutable, because its dictionary could be edited; with a dictionary named outright it is.
create function search_text(given text) returns text language sql immutable strict parallel safe as $$
  select ' ' || btrim(regexp_replace(regexp_replace(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize(given, nfc)) collate "pg_c_utf8"),
    '[''`´’\u200c\u200d]', '', 'g'),
    '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g'),
    '[^[:alnum:]]+', ' ', 'g')) || ' '
$$;

-- A patient's number as it is compared and searched for: `AB-1` and `ab 1` are one.
create function number_key(given text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(upper(given), '[^A-Z0-9]', '', 'g')
$$;

-- The one clinic this deployment serves.
create table clinic (
  id smallint primary key default 1 not null,
  name text not null,
  phone text not null,
  time_zone text not null,
  constraint clinic_one_row check (id = 1)
);

create table locations (
  id uuid primary key default uuidv7() not null,
  name text not null,
  address text not null,
  time_zone text not null,
  -- ISO 3166-1 alpha-2 country, and the region as date-holidays names it: whose public holidays apply here.
  country text not null,
  region text,
  position smallint default 0 not null,
  constraint locations_name_unique unique (name)
);

-- A public holiday at one location; `source` says where it came from (a person, or a library and its version).
create table holidays (
  id uuid primary key default uuidv7() not null,
  location_id uuid not null references locations (id),
  date date not null,
  name text not null,
  source text not null,
  created_at timestamptz default now() not null,
  constraint holidays_once_a_day unique (location_id, date)
);

-- A person who can log in: `subject` is the identity provider's `sub`.
create table people (
  id uuid primary key default uuidv7() not null,
  subject text not null,
  role text not null,
  name text not null,
  active boolean default true not null,
  -- Staff who run the clinic: accounts, policy, API clients, merging.
  administrator boolean default false not null,
  -- Raised by "log out everywhere" and by a change of role; every write compares it with the session's.
  session_version integer default 1 not null,
  -- When `sessionVersion` was last raised; a trigger keeps it. Tokens issued before are refused.
  sessions_ended_at timestamptz,
  created_at timestamptz default now() not null,
  version integer default 1 not null,
  changed_by uuid references people (id),
  updated_at timestamptz default now() not null,
  constraint people_subject_unique unique (subject),
  constraint people_role check (role in ('patient', 'doctor', 'staff')),
  constraint people_administrator_is_staff check (role = 'staff' or not administrator)
);

-- An app that calls the API. Its key names it for rate limits and gives access to nothing.
create table api_clients (
  id uuid primary key default uuidv7() not null,
  name text not null,
  -- One of our own apps, which reads its key from /config; null for all others.
  app text,
  -- Which rate limit holds for the app as a whole (src/domain/limits.ts).
  tier text default 'standard' not null,
  -- Browsers may use the key on pages of these origins only; empty: on any.
  origins text[] default '{}' not null,
  active boolean default true not null,
  version integer default 1 not null,
  changed_by uuid references people (id),
  updated_at timestamptz default now() not null,
  constraint api_clients_name_unique unique (name),
  constraint api_clients_app_unique unique (app),
  constraint api_clients_app check (app in ('patient', 'staff')),
  constraint api_clients_tier check (tier in ('low', 'standard', 'high'))
);

-- The keys of an app: the newest one, and while it is rotated the one before. Only the id is stored: the key is the id
-- with an HMAC that cannot be made without the Worker's secret.
create table api_keys (
  id uuid primary key default uuidv7() not null,
  client_id uuid not null references api_clients (id),
  created_at timestamptz default now() not null,
  -- When it stops to be valid; null for the newest key.
  expires_at timestamptz
);
create index api_keys_client on api_keys (client_id);

create table doctors (
  id uuid primary key default uuidv7() not null,
  person_id uuid references people (id),
  name text not null,
  specialty text not null,
  -- Own slot length, minutes; the policy's when null.
  slot_minutes integer,
  active boolean default true not null,
  -- The first clinic date on which the doctor no longer works here; the record is switched off then.
  leaves_on date,
  -- Rises with every change of the weekly schedule: its ETag.
  schedule_version integer default 1 not null,
  version integer default 1 not null,
  changed_by uuid references people (id),
  updated_at timestamptz default now() not null,
  constraint "doctors_personId_unique" unique (person_id),
  constraint doctors_slot_minutes check (slot_minutes between 5 and 120)
);

-- People who are treated. The builder does not know the two generated columns for searching.
create table patients (
  id uuid primary key default uuidv7() not null,
  person_id uuid references people (id),
  -- The clinic's own number for the patient.
  number text not null,
  name text not null,
  date_of_birth date not null,
  email text,
  -- As it was typed, and the same in E.164.
  phone text,
  e164 text,
  -- The language of this patient's mails: one of the clinic's locales.
  language text default 'en' not null,
  -- The patient wants to be reminded; what is true of an appointment is told regardless.
  reminders boolean default true not null,
  -- The clinic moves this patient to no other location: they need the one they booked.
  keeps_location boolean default false not null,
  -- Staff ended the login for good: no verified address opens this record until they allow it again.
  login_blocked boolean default false not null,
  active boolean default true not null,
  -- Why staff switched it off; null if they did not say, and for a merged record.
  inactive_because text,
  merged_into uuid references patients (id),
  -- Slots this patient has asked to hold, oldest first; what is truly held stands in the slots themselves.
  hold_slot_ids uuid[] default '{}' not null,
  -- When the holding time this patient has used will have come back in full (a token bucket kept as one instant).
  hold_quota_restored_at timestamptz,
  -- When this patient moved or cancelled, oldest first, as far back as the budget looks.
  change_times timestamptz[] default '{}' not null,
  -- When this patient booked, oldest first, as far back as the budget of bookings looks.
  booking_times timestamptz[] default '{}' not null,
  version integer default 1 not null,
  changed_by uuid references people (id),
  updated_at timestamptz default now() not null,
  name_search text not null generated always as (search_text(name)) stored,
  number_search text not null generated always as (number_key(number)) stored,
  constraint "patients_personId_unique" unique (person_id),
  constraint patients_number_unique unique (number),
  constraint patients_merged_is_inactive check (merged_into is null or not active),
  constraint patients_inactive_because
    check (inactive_because is null or (not active and inactive_because in ('died', 'moved-away', 'other')))
);
create index patients_like_name on patients using gin (name_search gin_trgm_ops);
create index patients_by_name on patients (name_search, id);
create unique index patients_by_number on patients (number_search text_pattern_ops);
create index patients_born on patients (date_of_birth);
create index patients_merged on patients (merged_into) where merged_into is not null;
create index patients_email on patients (lower(email)) where email is not null;
create index patients_phone on patients (e164) where e164 is not null;

-- Everything of the clinic's policy, one row. Bounds and defaults are the domain's, checked here as well as at the edge.
create table policy (
  id smallint primary key default 1 not null,
  slot_minutes integer default 15 not null,
  freeze_hours integer default 24 not null,
  hold_seconds integer default 300 not null,
  hold_extensions integer default 10 not null,
  holds_per_patient integer default 1 not null,
  hold_minutes_per_day integer default 600 not null,
  change_budget integer default 3 not null,
  patient_change_budget integer default 10 not null,
  patient_action_budget integer default 30 not null,
  change_window_days integer default 30 not null,
  appointments_per_patient integer default 12 not null,
  quiet_seconds integer default 60 not null,
  max_delay_seconds integer default 600 not null,
  mails_per_day integer default 20 not null,
  horizon_days integer default 90 not null,
  reminder_hours integer[] default '{24}' not null,
  -- When `reminderHours` was last another; a trigger keeps it.
  reminders_since timestamptz default now() not null,
  session_minutes integer default 30 not null,
  step_up_minutes integer default 0 not null,
  min_notice_minutes integer default 60 not null,
  late_openings text default 'staff' not null,
  notify_at_once_minutes integer default 60 not null,
  answer_hours integer default 48 not null,
  reassign_days integer default 14 not null,
  reassign_day_points integer default 60 not null,
  reassign_hour_points integer default 12 not null,
  reassign_earlier_points integer default 90 not null,
  reassign_doctor_points integer default 120 not null,
  reassign_location_points integer default 180 not null,
  claim_minutes integer default 15 not null,
  offer_minutes integer default 60 not null,
  locales text[] default '{en}' not null,
  mail_names_doctor boolean default false not null,
  -- Who changed it last; null for the system itself.
  changed_by uuid references people (id),
  updated_at timestamptz default now() not null,
  version integer default 1 not null,
  constraint policy_one_row check (id = 1),
  constraint policy_slot_minutes check (slot_minutes between 5 and 120),
  constraint policy_freeze_hours check (freeze_hours between 0 and 336),
  constraint policy_hold_seconds check (hold_seconds between 1 and 1800),
  constraint policy_hold_extensions check (hold_extensions between 0 and 100),
  constraint policy_holds_per_patient check (holds_per_patient between 1 and 5),
  constraint policy_hold_minutes_per_day check (hold_minutes_per_day between 5 and 14400),
  constraint policy_change_budget check (change_budget between 0 and 100),
  constraint policy_patient_change_budget check (patient_change_budget between 0 and 1000),
  constraint policy_patient_action_budget check (patient_action_budget between 1 and 1000),
  constraint policy_change_window_days check (change_window_days between 1 and 366),
  constraint policy_appointments_per_patient check (appointments_per_patient between 1 and 200),
  constraint policy_quiet_seconds check (quiet_seconds between 0 and 3600),
  constraint policy_max_delay_seconds check (max_delay_seconds between 0 and 86400),
  constraint policy_mails_per_day check (mails_per_day between 1 and 200),
  constraint policy_horizon_days check (horizon_days between 1 and 366),
  constraint policy_reminder_hours
    check (cardinality(reminder_hours) <= 5 and array_position(reminder_hours, null) is null
    and 1 <= all(reminder_hours) and 336 >= all(reminder_hours)),
  constraint policy_session_minutes check (session_minutes between 1 and 1440),
  constraint policy_step_up_minutes check (step_up_minutes between 0 and 1440),
  constraint policy_min_notice_minutes check (min_notice_minutes between 0 and 10080),
  constraint policy_late_openings check (late_openings in ('staff', 'patients')),
  constraint policy_notify_at_once_minutes check (notify_at_once_minutes between 0 and 1440),
  constraint policy_answer_hours check (answer_hours between 1 and 336),
  constraint policy_reassign_days check (reassign_days between 1 and 90),
  constraint policy_reassign_day_points check (reassign_day_points between 0 and 1000),
  constraint policy_reassign_hour_points check (reassign_hour_points between 0 and 1000),
  constraint policy_reassign_earlier_points check (reassign_earlier_points between 0 and 10000),
  constraint policy_reassign_doctor_points check (reassign_doctor_points between 0 and 10000),
  constraint policy_reassign_location_points check (reassign_location_points between 0 and 10000),
  constraint policy_claim_minutes check (claim_minutes between 1 and 240),
  constraint policy_offer_minutes check (offer_minutes between 0 and 1440),
  constraint policy_locales check (cardinality(locales) between 1 and 2
      and locales <@ array['en', 'de']),
  constraint policy_quiet_seconds_order check (quiet_seconds * 1 <= max_delay_seconds * 1),
  constraint policy_hold_seconds_order check (hold_seconds * 1 <= hold_minutes_per_day * 60)
);

-- One weekly session of a doctor at a location: wall-clock times in the location's zone, valid between two dates.
create table schedules (
  id uuid primary key default uuidv7() not null,
  doctor_id uuid not null references doctors (id),
  location_id uuid not null references locations (id),
  -- ISO weekday, Monday is 1.
  weekday smallint not null,
  -- Wall-clock; `toTime` at or before `fromTime` means the session ends on the next day.
  from_time time not null,
  to_time time not null,
  slot_minutes integer,
  valid_from date not null,
  -- The first date on which it no longer applies; open-ended when null.
  valid_to date,
  constraint schedules_weekday check (weekday between 1 and 7),
  constraint schedules_slot_minutes check (slot_minutes between 5 and 120)
);
create index schedules_doctor on schedules (doctor_id);

-- A dated absence or extra session of a doctor, in wall-clock readings of the location: an absence for the whole days from
-- `fromDate` to `toDate`, both included, or for the hours of each of them; an extra session on `fromDate`, which is its
-- `toDate` as well. `toTime` at or before `fromTime` is on the next day.
create table exceptions (
  id uuid primary key default uuidv7() not null,
  doctor_id uuid not null references doctors (id),
  kind text not null,
  -- Where; null for an absence everywhere.
  location_id uuid references locations (id),
  from_date date not null,
  to_date date not null,
  from_time time,
  to_time time,
  slot_minutes integer,
  note text,
  constraint exceptions_kind check (kind in ('absence', 'extra')),
  constraint exceptions_dates check (from_date <= to_date),
  constraint exceptions_hours check ((from_time is null) = (to_time is null)),
  constraint exceptions_extra_is_whole check (kind = 'absence' or (location_id is not null and from_time is not null))
);
create index exceptions_doctor on exceptions (doctor_id, from_date);

-- A stored, bookable interval of one doctor, half-open [startsAt, endsAt). The row is the lock, the hold and the
-- booking: free = open, not booked, not past, no live hold. Constraints the builder cannot say (no two open slots of a
-- doctor overlap) stand below, under the guards.
create table slots (
  id uuid primary key default uuidv7() not null,
  doctor_id uuid not null references doctors (id),
  location_id uuid not null references locations (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- The clinic date of the start, stored so that days need no zone arithmetic in SQL.
  clinic_date date not null,
  status text default 'open' not null,
  -- `removed`: the mark that a deleted or moved slot leaves, so that the schedule does not put it there again.
  closed_by text,
  -- What staff made of this slot by hand; null while the schedule alone shapes it.
  by_hand text,
  origin text default 'template' not null,
  -- Freed inside the freeze: staff fill it by hand unless policy offers it to patients.
  late_opening boolean default false not null,
  -- Came free and fits an open placement case: until then only staff can take it.
  offered_until timestamptz,
  appointment_id uuid,
  hold_id uuid,
  held_by uuid references patients (id),
  hold_expires_at timestamptz,
  hold_extensions smallint default 0 not null,
  version bigint default 1 not null,
  constraint slots_order check (starts_at < ends_at),
  -- Searches by time look a day back for what is still under way.
  constraint slots_length check (ends_at <= starts_at + interval '1 day'),
  constraint slots_status check (status in ('open', 'closed')),
  constraint slots_closed_by check ((status = 'closed') = (closed_by is not null)),
  constraint slots_by_hand check (by_hand in ('open', 'closed', 'removed')),
  constraint slots_removed_is_closed
    check ((by_hand is not distinct from 'removed') = (closed_by is not distinct from 'removed')),
  constraint slots_hold_is_whole
    check ((hold_id is null) = (held_by is null) and (hold_id is null) = (hold_expires_at is null)),
  constraint slots_booked_is_not_held check (appointment_id is null or hold_id is null)
);
create index slots_bookable_by_doctor on slots (doctor_id, clinic_date, starts_at, id)
  where status = 'open' and appointment_id is null;
create index slots_bookable on slots (clinic_date, starts_at, id) where status = 'open' and appointment_id is null;
create index slots_late_opening on slots (clinic_date, starts_at, id)
  where late_opening and status = 'open' and appointment_id is null;
create index slots_offered on slots (offered_until)
  where offered_until is not null and status = 'open' and appointment_id is null;
create index slots_by_day on slots (clinic_date, closed_by, starts_at);
create index slots_by_doctor on slots (doctor_id, clinic_date, closed_by, starts_at);
create index slots_hold on slots (hold_id) where hold_id is not null;
create index slots_appointment on slots (appointment_id) where appointment_id is not null;

-- A patient in a slot. Times, doctor and location are copied from the slot so that the patient's own calendar can be
-- constrained, and so that a placement case still knows what it was. Without a slot: to-place or cancelled.
create table appointments (
  id uuid primary key default uuidv7() not null,
  patient_id uuid not null references patients (id),
  doctor_id uuid not null references doctors (id),
  location_id uuid not null references locations (id),
  slot_id uuid references slots (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text default 'booked' not null,
  -- In the patient's words; health data, never leaves the clinic's screens.
  reason text,
  -- Changes made by the patient; what the clinic does never counts.
  changes_used smallint default 0 not null,
  -- Staff allowed it beside another appointment at the same time, with a reason in the audit trail.
  overlap_allowed boolean default false not null,
  -- Why it was cancelled: whose reason, which of the closed list, and a note seen by the clinic only.
  cancelled_by text,
  cancel_code text,
  cancel_note text,
  -- When the clinic moved it, and from where (doctorId, locationId, startsAt, endsAt); null unless it is `moved`.
  moved_at timestamptz,
  moved_from jsonb,
  -- Who changed it last; null for the system itself. Kept here because the row is what a rival has locked and read.
  changed_by uuid references people (id),
  version integer default 1 not null,
  created_at timestamptz default now() not null,
  updated_at timestamptz default now() not null,
  constraint appointments_status
    check (status in ('booked', 'moved', 'to-place', 'cancelled', 'arrived', 'completed', 'no-show')),
  constraint appointments_cancelled_by check (cancelled_by in ('patient', 'doctor', 'clinic')),
  constraint appointments_cancelled_has_reason
    check ((cancelled_by is null) = (cancel_code is null) and (cancelled_by is null or status = 'cancelled')),
  constraint appointments_moved_is_whole check ((moved_at is null) = (moved_from is null)),
  constraint appointments_order check (starts_at < ends_at),
  constraint appointments_slot_while_live check ((slot_id is null) = (status in ('to-place', 'cancelled')))
);
create unique index appointments_one_per_slot on appointments (slot_id) where slot_id is not null;
create index appointments_patient on appointments (patient_id, starts_at);
create index appointments_doctor on appointments (doctor_id, starts_at);
create index appointments_starts on appointments (starts_at);
create index appointments_unsettled on appointments (status, doctor_id, starts_at)
  where status in ('to-place', 'moved');

-- What patients must be notified of: one row for an appointment and the patient concerned. `version` rises with every change; the row is
-- dirty while `dueAt` is set. `last_notified` is what the patient was last notified of (null: nothing yet), so that the net change can
-- be stated and an empty one dropped.
create table outbox (
  appointment_id uuid not null references appointments (id),
  patient_id uuid not null references patients (id),
  version integer default 1 not null,
  first_dirty_at timestamptz,
  due_at timestamptz,
  last_notified jsonb,
  last_notified_at timestamptz,
  -- iCalendar SEQUENCE of the last message; rises with every notified change (RFC 5545 3.8.7.4).
  sequence integer default -1 not null,
  lease_id uuid,
  lease_until timestamptz,
  attempts integer default 0 not null,
  constraint outbox_appointment_id_patient_id_pk primary key (appointment_id, patient_id),
  constraint outbox_dirty_is_due check ((first_dirty_at is null) = (due_at is null))
);
create index outbox_patient on outbox (patient_id);
create index outbox_due on outbox (attempts, due_at) where due_at is not null;

-- One attempt to tell: written as `sending` before SES is called and settled after, so a crash between shows.
create table deliveries (
  id uuid primary key default uuidv7() not null,
  appointment_id uuid not null references appointments (id),
  patient_id uuid not null references patients (id),
  version integer not null,
  sequence integer not null,
  kind text not null,
  -- `sent`: SES took it. What became of it then, as SES told us: arrived, came back, or was complained about.
  state text default 'sending' not null,
  -- Why it failed or came back: a code, never an address.
  why text,
  feedback_at timestamptz,
  message_id text,
  started_at timestamptz default clock_timestamp() not null,
  finished_at timestamptz
);
create index deliveries_appointment on deliveries (appointment_id, started_at);
create index deliveries_patient on deliveries (patient_id, started_at);
create index deliveries_message on deliveries (message_id) where message_id is not null;

-- One reminder of one appointment at one start: what makes it impossible to remind twice. Written when it is claimed,
-- and decided then from what is true then; there is nothing to take back when an appointment changes before.
create table reminders (
  appointment_id uuid not null references appointments (id),
  patient_id uuid not null references patients (id),
  starts_at timestamptz not null,
  lead_hours integer not null,
  state text not null,
  lease_id uuid,
  lease_until timestamptz,
  attempts integer default 0 not null,
  constraint reminders_appointment_id_patient_id_starts_at_lead_hours_pk primary key (appointment_id, patient_id, starts_at, lead_hours),
  constraint reminders_state check (state in ('sending', 'sent', 'skipped'))
);

-- An address to which no mail goes any more: it bounced for good, or its owner complained. Lower case.
create table suppressions (
  address text primary key,
  reason text not null,
  since timestamptz default clock_timestamp() not null,
  constraint suppressions_reason check (reason in ('bounce', 'complaint'))
);

-- Something about notifications that staff must see to: ids and codes only, open until staff say it is done.
create table tasks (
  id uuid primary key default uuidv7() not null,
  kind text not null,
  patient_id uuid references patients (id),
  appointment_id uuid references appointments (id),
  detail jsonb default '{}'::jsonb not null,
  status text default 'open' not null,
  version integer default 1 not null,
  created_at timestamptz default clock_timestamp() not null,
  done_at timestamptz,
  done_by uuid references people (id),
  constraint tasks_kind
    check (kind in ('mail-bounced', 'mail-complained', 'mail-refused', 'no-address', 'patient-inactive', 'job-failed')),
  constraint tasks_done check ((status = 'done') = (done_at is not null))
);
create unique index tasks_one_open on tasks (kind, coalesce(patient_id, appointment_id, '00000000-0000-0000-0000-000000000000'::uuid))
  where status = 'open' and kind <> 'job-failed';
create index tasks_queue on tasks (status, created_at, id);

-- A calendar address that needs no login: its secret gives access to one patient's or one doctor's appointments.
create table calendar_feeds (
  id uuid primary key default uuidv7() not null,
  patient_id uuid references patients (id),
  doctor_id uuid references doctors (id),
  -- SHA-256 of the secret, which is shown once and kept nowhere.
  secret_hash bytea not null,
  created_at timestamptz default clock_timestamp() not null,
  constraint calendar_feeds_one_per_patient unique (patient_id),
  constraint calendar_feeds_one_per_doctor unique (doctor_id),
  constraint calendar_feeds_secret unique (secret_hash),
  constraint calendar_feeds_of_one check ((patient_id is null) <> (doctor_id is null))
);

-- A change of the clinic's calendar and what became of the appointments that it displaced. Written in the transaction
-- of the
-- change; the reassignment that follows resumes from here, whatever ends it.
create table operations (
  id uuid primary key default uuidv7() not null,
  -- The kind of the change (src/domain/calendar/change.ts).
  kind text not null,
  -- The change as it was decided, and what is needed to take it back.
  change jsonb not null,
  before jsonb,
  actor_id uuid not null references people (id),
  request_id text not null,
  -- The preview that the actor saw; null when no appointment was affected and there was no preview.
  preview jsonb,
  -- The operation that this one takes back.
  undo_of uuid references operations (id),
  phase text not null,
  displaced integer default 0 not null,
  -- What is proved of the plan: its cost and a lower bound of any plan's.
  proof jsonb,
  lease_id uuid,
  lease_until timestamptz,
  attempts integer default 0 not null,
  created_at timestamptz default clock_timestamp() not null,
  finished_at timestamptz,
  constraint operations_phase check (phase in ('reassigning', 'done')),
  constraint operations_done_is_finished check ((phase = 'done') = (finished_at is not null))
);
create unique index operations_one_undo on operations (undo_of) where undo_of is not null;
create index operations_latest on operations (created_at, id);
create index operations_unfinished on operations (created_at) where phase <> 'done';

-- One displaced appointment of an operation: where it was, and the one end it came to.
create table operation_items (
  operation_id uuid not null references operations (id),
  appointment_id uuid not null references appointments (id),
  patient_id uuid not null references patients (id),
  -- The slot it lost, which may be gone, and where and when that was.
  from_slot_id uuid not null,
  from_doctor_id uuid not null,
  from_location_id uuid not null,
  from_starts_at timestamptz not null,
  from_ends_at timestamptz not null,
  -- Where the patient had agreed to be, if an earlier move of the clinic's was unanswered: `appointments.movedFrom`.
  unanswered_from jsonb,
  -- `kept`: an operation that takes another back leaves it where it is now.
  state text default 'pending' not null,
  to_slot_id uuid,
  to_doctor_id uuid,
  to_location_id uuid,
  to_starts_at timestamptz,
  to_ends_at timestamptz,
  -- The appointment's version as this operation left it: while it stands, the move can be taken back.
  left_version integer,
  -- What was weighed for the move, or why there is none (domain/reassignment).
  explanation jsonb,
  decided_at timestamptz,
  constraint operation_items_operation_id_appointment_id_pk primary key (operation_id, appointment_id),
  constraint operation_items_state check (state in ('pending', 'moved', 'to-place', 'cancelled', 'kept')),
  constraint operation_items_decided check ((state = 'pending') = (decided_at is null)),
  constraint operation_items_moved_has_place check ((state = 'moved') <= (to_slot_id is not null))
);
create index operation_items_appointment on operation_items (appointment_id);
create index operation_items_pending on operation_items (appointment_id) where state = 'pending';

-- What a preview showed, under its token, for the operation that is applied with it. Swept after some days.
create table previews (
  token text primary key,
  actor_id uuid not null references people (id),
  shown jsonb not null,
  created_at timestamptz default clock_timestamp() not null
);
create index previews_age on previews (created_at);

-- A placement case: an appointment that lost its slot and that a person must place. The appointment still says when and
-- where it was. A trigger closes the case when the appointment leaves `to-place`, by whatever way.
create table cases (
  id uuid primary key default uuidv7() not null,
  appointment_id uuid not null references appointments (id),
  -- What the clinic changed.
  reason text not null,
  status text default 'open' not null,
  -- The request whose change it was, as in the audit trail.
  request_id text not null,
  -- The operation that displaced it.
  operation_id uuid references operations (id),
  -- Why the machine did not place it (domain/reassignment); null while the operation has yet to decide.
  why jsonb,
  -- Who works on it, and until when it is theirs alone.
  claimed_by uuid references people (id),
  claim_expires_at timestamptz,
  -- When staff must call the patient again, and their note about it.
  contact_after timestamptz,
  contact_note text,
  version integer default 1 not null,
  -- Who changed it last, and when; null for the system itself.
  changed_by uuid references people (id),
  updated_at timestamptz default clock_timestamp() not null,
  -- By when the patient should know their new time: when the freeze before the lost one begins, if not at once.
  due_at timestamptz not null,
  created_at timestamptz default clock_timestamp() not null,
  closed_at timestamptz,
  constraint cases_reason
    check (reason in ('schedule', 'absence', 'extra', 'holiday', 'slot-closed', 'slot-moved', 'slot-removed', 'doctor-left')),
  constraint cases_status check (status in ('open', 'placed', 'cancelled')),
  constraint cases_open_is_not_closed check ((status = 'open') = (closed_at is null)),
  constraint cases_claim_is_whole check ((claimed_by is null) = (claim_expires_at is null))
);
create unique index cases_one_open on cases (appointment_id) where status = 'open';
create index cases_queue on cases (status, due_at, id);

-- The first answer to a request, written in the verb's own statement, so that a retry after a lost reply gets it again:
-- what was done, or why nothing was.
create table idempotency_keys (
  person_id uuid not null references people (id),
  key text not null,
  request_hash text not null,
  result jsonb,
  refusal jsonb,
  created_at timestamptz default now() not null,
  constraint idempotency_keys_person_id_key_pk primary key (person_id, key),
  constraint idempotency_keys_done_or_refused check (num_nonnulls(result, refusal) = 1)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Which person did what to which patient, before and after. Append-only by grants and by trigger, which also
-- notes each row as waiting
-- to be sealed. A new column belongs in the seal as well: see `canonical_row` in src/db/functions/lib/seal.sql.
create table audit (
  id uuid primary key default uuidv7() not null,
  at timestamptz default clock_timestamp() not null,
  -- Null for the system itself (jobs).
  actor_id uuid references people (id),
  -- The patient concerned; null where there is none.
  patient_id uuid references patients (id),
  action text not null,
  entity text not null,
  entity_id uuid not null,
  before jsonb,
  after jsonb,
  -- Why staff set a rule aside; null where none was.
  reason text,
  request_id text not null
);
create index audit_at on audit (at, id);
create index audit_actor on audit (actor_id, at);
create index audit_action on audit (action, at);
create index audit_entity on audit (entity_id, at);
create index audit_patient on audit (patient_id, at);
create index audit_patients_seen on audit using gin ((after -> 'patientIds'))
  where patient_id is null and after ? 'patientIds';

-- Rows of the audit trail that no seal covers yet. A trigger adds them in the writer's own transaction: whenever that
-- commits, and whatever has been sealed meanwhile, the row is here. No references: a deleted row must still show.
create table audit_unsealed (
  audit_id uuid primary key
);

-- The hash chain over the audit trail, a batch of rows a link; append-only as the trail itself. `hash` covers the
-- previous hash, the number, the time, and every row's hash in the order of `row_ids` (src/db/functions/lib/seal.sql).
create table audit_seals (
  number bigint primary key,
  sealed_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null,
  row_ids uuid[] not null,
  row_hashes bytea[] not null,
  constraint audit_seals_whole check (cardinality(row_ids) = cardinality(row_hashes))
);

-- References between tables that name each other.
alter table slots add constraint slots_appointment_id_appointments_id_fk foreign key (appointment_id) references appointments (id);

-- ---------------------------------------------------------------------------------------------------------------------
-- Guards that hold even if all code is wrong.

-- Every statement about times trusts the zones: one row with a name that this database does not know would fail them all.
create function is_time_zone(zone text) returns boolean language sql stable set search_path = pg_catalog, pg_temp
return exists (select from pg_timezone_names where name = zone);
alter table clinic add constraint clinic_time_zone check (is_time_zone(time_zone));
alter table locations add constraint locations_time_zone check (is_time_zone(time_zone));
alter table locations add constraint locations_country check (country ~ '^[A-Z]{2}$');

-- No two live slots of one doctor overlap.
alter table slots add constraint slots_no_overlap
  exclude using gist (doctor_id with =, tstzrange(starts_at, ends_at, '[)') with &&)
  where (status = 'open' or appointment_id is not null);

-- No patient is in two places at once, unless staff allowed it with a reason.
alter table appointments add constraint appointments_no_overlap
  exclude using gist (patient_id with =, tstzrange(starts_at, ends_at, '[)') with &&)
  where (slot_id is not null and not overlap_allowed);

-- The audit trail and its seals are append-only for every role, their owner included.
create function audit_is_append_only() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_append_only before update or delete on audit
  for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_is_append_only();
create trigger audit_seals_append_only before update or delete on audit_seals
  for each row execute function audit_is_append_only();
create trigger audit_seals_no_truncate before truncate on audit_seals
  for each statement execute function audit_is_append_only();

-- Each new row of the audit trail waits for its seal from the moment its own transaction commits.
create function audit_waits_for_its_seal() returns trigger language plpgsql
  security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.audit_unsealed (audit_id) select id from added;
  return null;
end
$$;
create trigger audit_to_seal after insert on audit referencing new table as added
  for each statement execute function audit_waits_for_its_seal();

-- A placement case ends with the state that it is about, whichever statement ends that state.
create function close_placement_case() returns trigger language plpgsql
  security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public.cases set status = case new.status when 'cancelled' then 'cancelled' else 'placed' end,
    closed_at = clock_timestamp(), claimed_by = null, claim_expires_at = null, version = version + 1,
    changed_by = new.changed_by, updated_at = clock_timestamp()
  where appointment_id = new.id and status = 'open';
  return null;
end
$$;
create trigger appointments_close_case after update of status on appointments
  for each row when (old.status = 'to-place' and new.status <> 'to-place')
  execute function close_placement_case();

-- What the clinic moved waits for the patient's answer only while it is `moved`.
create function forget_answered_move() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.moved_at := null;
  new.moved_from := null;
  return new;
end
$$;
create trigger appointments_answered before update of status on appointments
  for each row when (new.status <> 'moved' and new.moved_at is not null)
  execute function forget_answered_move();

-- Since when patients are reminded at the present leads. A statement that sets both columns decides itself.
create function date_reminder_leads() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.reminders_since := clock_timestamp();
  return new;
end
$$;
create trigger policy_reminders_since before update of reminder_hours on policy
  for each row when (new.reminder_hours is distinct from old.reminder_hours
    and new.reminders_since is not distinct from old.reminders_since)
  execute function date_reminder_leads();

-- Whatever ends a person's sessions also ends the tokens that were issued before.
create function date_end_of_sessions() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.sessions_ended_at := clock_timestamp();
  return new;
end
$$;
create trigger people_sessions_ended before update of session_version on people
  for each row when (new.session_version <> old.session_version)
  execute function date_end_of_sessions();

-- The clinic's next number for a patient, where staff give none.
create sequence patient_numbers start 100001;

-- ---------------------------------------------------------------------------------------------------------------------
-- The Worker's role. Deploying gives it LOGIN and a password. Limits sit on the role because a pooled connection keeps no
-- session state.
do $$
begin
  if not exists (select from pg_roles where rolname = 'holdfast_app') then
    create role holdfast_app nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end
$$;
alter role holdfast_app set statement_timeout = '5s';
alter role holdfast_app set lock_timeout = '1s';
alter role holdfast_app set idle_in_transaction_session_timeout = '10s';
-- Two letters of five that changed places leave a third of a word's trigrams; the distance between words decides then.
alter role holdfast_app set pg_trgm.word_similarity_threshold = '0.3';

grant usage on schema public to holdfast_app;
grant select on all tables in schema public to holdfast_app;
-- It writes nothing by itself: whatever changes a row is a function of src/db/functions, which it may execute.

-- A table of a session's own must never stand before the clinic's: only the owner makes any.
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
