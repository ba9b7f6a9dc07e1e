-- The clinic for the Worker: `ClinicRecordRow`.
create function clinic_json(x clinic) returns jsonb language sql stable
return jsonb_build_object('name', x.name, 'phone', x.phone, 'timeZone', x.time_zone, 'version', x.version);

-- The clinic as the audit trail keeps it.
create function clinic_audit(x clinic) returns jsonb language sql stable
return jsonb_build_object('name', x.name, 'phone', x.phone, 'timeZone', x.time_zone, 'version', x.version);

-- A location for the Worker: `LocationRow`.
create function location_json(l locations) returns jsonb language sql stable
return jsonb_build_object('id', l.id, 'name', l.name, 'address', l.address, 'timeZone', l.time_zone, 'country', l.country,
  'region', l.region, 'version', l.version);

-- A location as the audit trail keeps it.
create function location_audit(l locations) returns jsonb language sql stable
return jsonb_build_object('name', l.name, 'address', l.address, 'timeZone', l.time_zone, 'country', l.country,
  'region', l.region, 'version', l.version);
