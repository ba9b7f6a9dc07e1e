-- The caller, the request, and its Idempotency-Key. `session_version` is null for bearer tokens;
-- `request_hash` covers method, path and body, so that a key cannot be used for another request. `second_factor_at`: when
-- the login proved a second factor, as the identity provider says; null when it did not. `token_issued_at`: the token's
-- `iat`, seconds since 1970; null for sessions.
create type caller as (
  subject text,
  role text,
  session_version int,
  request_id text,
  idempotency_key text,
  request_hash text,
  second_factor_at timestamptz,
  token_issued_at bigint
);

-- The meaning of free for one reader at one instant; see is_free. (floor_date, floor_at) is where a search by
-- (clinic_date, starts_at) begins: no free slot lies before it. `busy`: times of the patient's other
-- appointments, which are not offered.
create type free_rules as (
  at timestamptz,
  soonest timestamptz,
  for_staff boolean,
  late_openings boolean,
  patient_id uuid,
  floor_date date,
  floor_at timestamptz,
  busy tstzmultirange
);

-- One reader's search among the free times, by these rules. Filters: doctors, location, ISO weekday, part of the day; null
-- for any. `today` is the clinic's date, `first_date` the first date that is looked at. `refused`: the patient can book, or
-- move that appointment, no more.
create type offer as (
  rules free_rules,
  doctors uuid[],
  location_id uuid,
  weekday int,
  part_of_day text,
  today date,
  first_date date,
  refused boolean
);

-- A thing that a change of the clinic calendar changed: `before` is null for a new one, `after` for one that is gone.
create type changed_thing as (id uuid, before jsonb, after jsonb, result jsonb);
