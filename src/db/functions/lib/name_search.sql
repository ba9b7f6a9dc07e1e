-- Searching names as `search_text` has them: a space around each word. Up to six words are asked for. In the first two
-- functions each word is a condition of its own. The planner inlines it and finds it in the trigram index.

-- Whether each word asked for begins a word of the name.
create function begins_with(name text, w text[]) returns boolean language sql immutable
return (w[1] is null or name like '% ' || w[1] || '%') and (w[2] is null or name like '% ' || w[2] || '%')
  and (w[3] is null or name like '% ' || w[3] || '%') and (w[4] is null or name like '% ' || w[4] || '%')
  and (w[5] is null or name like '% ' || w[5] || '%') and (w[6] is null or name like '% ' || w[6] || '%');

-- Whether each word asked for has trigrams in common with a word of the name.
create function resembles(name text, w text[]) returns boolean language sql stable
return (w[1] is null or name %> w[1]) and (w[2] is null or name %> w[2]) and (w[3] is null or name %> w[3])
  and (w[4] is null or name %> w[4]) and (w[5] is null or name %> w[5]) and (w[6] is null or name %> w[6]);

-- The distance of the words from the name. For each word: the edits between it and the nearest word of the name, or 0 if it
-- begins that word. `is_near`: no word is further than one edit, or two for words of five letters or more. So two swapped or
-- missing letters are near. A word of one or two letters must be exact.
create function name_distance(name text, words text[]) returns table (rank int, is_near boolean) language sql immutable
begin atomic
  select sum(n.distance)::int, bool_and(n.distance <= 2)
  from (
    select case when strpos(name, ' ' || w) > 0 then 0 else (
      select coalesce(min(d.distance), 3)
      from unnest(string_to_array(btrim(name), ' ')) x
        cross join lateral (select levenshtein_less_equal(x, w, 2) as distance) d
      where d.distance <= case when length(w) >= 5 then 2 when length(w) >= 3 then 1 else 0 end
        or (d.distance = 2 and length(w) >= 3 and length(x) = length(w) + 2)) end as distance
    from unnest(words) w) n;
end;
