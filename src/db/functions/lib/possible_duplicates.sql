-- Records that may be of the same person as `p`. Two of name, date of birth, e-mail address and telephone number are the
-- same, one of the first two among them: `PossibleDuplicate[]`, most alike first, at most 5. The order of a name's words
-- does not matter.
create function possible_duplicates(p patients) returns jsonb language plpgsql stable as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'number', x.number, 'name', x.name,
      'dateOfBirth', x.date_of_birth, 'active', x.active, 'same', to_jsonb(x.same))
      order by cardinality(x.same) desc, x.id), '[]')
    from (
      select t.id, t.number, t.name, t.date_of_birth, t.active, s.same
      from patients t cross join lateral (
        select array_remove(array[
          case when words_of(t.name_search) = words_of(p.name_search) then 'name' end,
          case when t.date_of_birth = p.date_of_birth then 'dateOfBirth' end,
          case when lower(t.email) = lower(p.email) then 'email' end,
          case when t.e164 = p.e164 then 'phone' end], null) as same) s
      where (t.date_of_birth = p.date_of_birth or lower(t.email) = lower(p.email) or t.e164 = p.e164)
        and t.id <> p.id and t.merged_into is null and cardinality(s.same) > 1 and s.same && array['name', 'dateOfBirth']
      order by cardinality(s.same) desc, t.id limit 5) x);
end $$;

-- The words of a name as `search_text` has it, in alphabetical order.
create function words_of(name text) returns text[] language sql immutable
return array(select w from unnest(string_to_array(btrim(name), ' ')) w order by w);
