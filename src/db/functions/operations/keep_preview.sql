-- Keeps what a preview showed under its token, for the operation that is applied with it. Which patients it showed is
-- recorded.
create function keep_preview(c caller, preview_token text, shown jsonb) returns boolean
language plpgsql security definer set search_path from current as $$
declare me people;
begin
  me := require_staff(c);
  perform record_list(c, me, 'operation.preview', array(
    select (x ->> 'patientId')::uuid from jsonb_array_elements((shown -> 'reassigned') || (shown -> 'toPlace')) x));
  insert into previews (token, actor_id, shown) values (preview_token, me.id, keep_preview.shown);
  return true;
end $$;
