import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { CreatePatientDialog } from "./CreatePatientDialog.tsx";
import classes from "#kit/ui/Screen.module.css";
import { PatientSearch } from "./PatientSearch.tsx";
import { usePaused } from "./usePaused.ts";

/** Finds a patient by name, number or date of birth, or creates the record. */
export function PatientsScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ from: "/patients" });
  const [text, setText] = useState(q);
  const [creating, setCreating] = useState(false);
  const asked = usePaused(text.trim());
  useShortcuts(
    useMemo(
      () => ({
        title: t`Patients`,
        shortcuts: [
          { keys: "/", what: t`Search, on any screen` },
          { keys: "↓ ↑", what: t`Along the patients that were found` },
          { keys: "Enter", what: t`Open the first one, or the one in focus` },
        ],
      }),
      [t],
    ),
  );
  // While the record is being fetched this screen still stands, and must not call the user back.
  const leaving = useRef(false);
  useEffect(() => {
    if (leaving.current) return;
    void navigate({ to: "/patients", search: asked === "" ? {} : { q: asked }, replace: true });
  }, [asked, navigate]);
  const open = (patientId: string) => {
    leaving.current = true;
    void navigate({ to: "/patients/$patientId", params: { patientId } });
  };
  return (
    <div className={classes["page"]}>
      <div className={classes["spread"]}>
        <PageTitle documentTitle={t`Patients`}>{t`Patients`}</PageTitle>
        <button type="button" className={classes["small"]} onClick={() => setCreating(true)}>
          <Trans>New patient</Trans>
        </button>
      </div>
      <PatientSearch text={text} onText={setText} asked={asked} onChoose={open} />
      {creating && (
        <CreatePatientDialog named={text.trim()} onClose={() => setCreating(false)} onChosen={({ id }) => open(id)} />
      )}
    </div>
  );
}
