-- A telephone number as it was typed, in E.164 (`+35315550123`): with its country's calling code and without its extension.
-- A number that does not say its country is one of `country` (ISO 3166-1 alpha-2). Null if there can be no such number.
-- The steps are those of libphonenumber.
create function e164(typed text, country text) returns text language plpgsql immutable as $$
declare
  main text := regexp_replace(typed, '(;?ext|x|#).*$', '', 'i');
  digits text := regexp_replace(main, '\D', '', 'g');
  plan jsonb := phone_plan(country); abroad text; bare text; whole text;
begin
  if main ~ '^[^0-9]*\+' then return e164_abroad(digits); end if;
  if plan is null or digits = '' then return null; end if;
  abroad := regexp_replace(digits, '^(?:' || (plan ->> 1) || ')', '');
  if plan ->> 1 <> '' and abroad <> digits and abroad !~ '^0' then return e164_abroad(abroad); end if;
  whole := national_number(digits, plan);
  if starts_with(digits, plan ->> 0) then
    -- The calling code without its plus.
    bare := national_number(substr(digits, length(plan ->> 0) + 1), plan);
    if (not is_national(whole, plan) and is_national(bare, plan)) or length(whole) > (plan -> 3 ->> -1)::int then
      whole := bare;
    end if;
  end if;
  return e164_of(whole, plan);
end $$;

-- A number in E.164, of the digits that are dialled after the plus or the prefix for calls abroad.
create function e164_abroad(digits text) returns text language plpgsql immutable as $$
declare plan jsonb;
begin
  for code_length in 1 .. 3 loop
    plan := phone_plan(left(digits, code_length));
    if plan is not null then return e164_of(national_number(substr(digits, code_length + 1), plan), plan); end if;
  end loop;
  return null;
end $$;

-- A national number in E.164, or null where it has a digit too many or too few.
create function e164_of(digits text, plan jsonb) returns text language plpgsql immutable as $$
begin
  return case when plan -> 3 @> to_jsonb(length(digits)) then '+' || (plan ->> 0) || digits end;
end $$;

-- Digits without the national prefix, unless they are a number with it and none without.
create function national_number(digits text, plan jsonb) returns text language plpgsql immutable as $$
declare prefix text := '^(?:' || (plan ->> 4) || ')'; rest text; groups text[] := regexp_match(digits, prefix);
begin
  if plan ->> 4 = '' or groups is null then return digits; end if;
  -- A rule of what replaces the prefix applies where its group has matched.
  rest := regexp_replace(digits, prefix, case
    when plan ->> 5 <> '' and groups[cardinality(groups)] is not null and prefix ~ '\((?!\?)' then plan ->> 5
    else '' end);
  if is_national(digits, plan) and not is_national(rest, plan) then return digits; end if;
  return case when plan -> 3 @> to_jsonb(length(rest)) or length(rest) > (plan -> 3 ->> -1)::int then rest else digits end;
end $$;

-- Whether the digits are a national number of the plan.
create function is_national(digits text, plan jsonb) returns boolean language plpgsql immutable as $$
begin
  return digits ~ ('^(?:' || (plan ->> 2) || ')$');
end $$;

-- The country in which numbers are read that do not say theirs: that of the clinic's first location.
create function clinic_country() returns text language plpgsql stable as $$
begin
  return (select l.country from locations l order by l.position, l.id limit 1);
end $$;
