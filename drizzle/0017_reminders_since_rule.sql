-- Since when patients are reminded at these leads. Who sets both says so.
CREATE FUNCTION "date_reminder_leads"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."reminders_since" := clock_timestamp();
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "policy_reminders_since" BEFORE UPDATE OF "reminder_hours" ON "policy"
  FOR EACH ROW WHEN (NEW."reminder_hours" IS DISTINCT FROM OLD."reminder_hours"
    AND NEW."reminders_since" IS NOT DISTINCT FROM OLD."reminders_since")
  EXECUTE FUNCTION "date_reminder_leads"();
