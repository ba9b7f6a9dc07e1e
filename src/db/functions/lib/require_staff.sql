-- The caller, where only staff may act. Raises HF001 as well when the caller is a patient or a doctor.
create function require_staff(c caller) returns people language plpgsql as $$
declare me people := require_caller(c);
begin
  if me.role <> 'staff' then raise exception 'no such caller' using errcode = 'HF001'; end if;
  return me;
end $$;
