-- An administrator takes an import back: what it wrote goes, one batch of rows at a call, last things first. Refused as long as
-- something was built on any of it, naming what. Once it has begun, it goes on to its end: what was built on in between stays.
create function undo_import(c caller, which uuid, batch int) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; i imports; earlier jsonb; stays jsonb; gone jsonb; remaining int;
begin
  me := require_staff(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  if not may_administer(c, me) then return refuse_administration(c, me); end if;
  select * into i from imports x where x.id = which for update;
  if i.id is null then return refuse(c, me, 'not-found'); end if;
  if i.dry_run then return refuse(c, me, 'wrong-state', '{"current": "dry-run"}'); end if;
  if i.phase = 'undone' then return done_already(c, me, import_json(i) || '{"remaining": 0}'); end if;
  if i.phase = 'open' then
    stays := import_stays(i);
    if stays <> '[]' then
      return refuse(c, me, 'wrong-state', jsonb_build_object('current', 'built-on', 'builtOn', stays));
    end if;
  end if;
  gone := remove_imported(i, me, batch);
  select count(*) into remaining from import_rows r where r.import_id = i.id and r.state = 'accepted';
  update imports x set phase = case when remaining = 0 then 'undone' else 'undoing' end,
    undone_at = case when remaining = 0 then clock_timestamp() end
  where x.id = i.id returning * into i;
  return done(c, me, 'import.undo', 'import', i.id, null, null, gone,
    import_json(i) || jsonb_build_object('remaining', remaining));
end $$;
