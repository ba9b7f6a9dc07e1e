-- An administrator brings a part of a file: at most some hundred rows of one kind (`given`: GivenRow[], as the Worker has read
-- them), of the import that `asked` names. All rows are judged, and those without a fault are written. A dry run writes none
-- of them. The same part again gets the same report.
create function import_chunk(
  c caller, asked jsonb, of_kind text, from_row int, content_hash text, given jsonb
) returns jsonb language plpgsql security definer set search_path from current as $$
declare me people; i imports; k import_chunks; earlier jsonb; report jsonb; due timestamptz;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  i := begin_import(c, me, asked);
  if i.source <> asked ->> 'source' or i.dry_run <> (asked ->> 'dryRun')::boolean
    or i.notify <> (asked ->> 'notify')::boolean then
    return refuse(c, me, 'wrong-state', '{"current": "other-options"}');
  end if;
  if i.phase <> 'open' then return refuse(c, me, 'wrong-state', jsonb_build_object('current', i.phase)); end if;
  select * into k from import_chunks x where x.import_id = i.id and x.kind = of_kind and x.first_row = from_row;
  if k.hash = content_hash then return done_already(c, me, import_report(i, of_kind, from_row, k.rows)); end if;
  if exists (
    select from import_rows x where x.import_id = i.id and x.kind = of_kind
      and x.row_number between from_row and from_row + jsonb_array_length(given) - 1
  ) then return refuse(c, me, 'wrong-state', '{"current": "other-content"}'); end if;
  case of_kind
    when 'doctors' then perform import_doctors(i, me, given);
    when 'patients' then perform import_patients(c, me, i, given);
    when 'schedules' then perform import_schedules(i, me, given);
    else due := import_appointments(i, me, given);
  end case;
  insert into import_chunks (import_id, kind, first_row, rows, hash)
  values (i.id, of_kind, from_row, jsonb_array_length(given), content_hash);
  report := import_report(i, of_kind, from_row, jsonb_array_length(given));
  return done(c, me, case when i.dry_run then 'import.try' else 'import.chunk' end, 'import', i.id, null, null,
    jsonb_build_object('kind', of_kind, 'fromRow', from_row, 'rows', jsonb_array_length(given), 'accepted',
      (select count(*) from jsonb_array_elements(report -> 'rows') r where r ->> 'state' = 'accepted')),
    report, due_at => due);
end $$;
