-- Logs a person out everywhere: every read and write refuses the sessions that began before this.
create function end_sessions(c caller) returns jsonb
language plpgsql security definer set search_path from current as $$
declare me people; earlier jsonb;
begin
  me := require_caller(c);
  earlier := first_answer(c, me); if earlier is not null then return earlier; end if;
  update people p set session_version = p.session_version + 1 where p.id = me.id returning * into me;
  return done(c, me, 'session.end-all', 'person', me.id, null,
    jsonb_build_object('sessionVersion', me.session_version - 1),
    jsonb_build_object('sessionVersion', me.session_version), jsonb_build_object('sessionVersion', me.session_version));
end $$;
