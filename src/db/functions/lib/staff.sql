-- A staff account for the Worker: `StaffRow`. Only administrators see how the person logs in.
create function staff_json(me people, p people) returns jsonb language sql stable
return jsonb_build_object('id', p.id, 'name', p.name, 'administrator', p.administrator, 'active', p.active,
  'subject', case when me.administrator then p.subject end, 'version', p.version);

-- A staff account as the audit trail keeps it.
create function staff_audit(p people) returns jsonb language sql stable
return jsonb_build_object('name', p.name, 'administrator', p.administrator, 'active', p.active, 'version', p.version);
