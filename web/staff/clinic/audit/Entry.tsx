import { Trans, useLingui } from "@lingui/react/macro";
import type { AuditEntry } from "#contract/answers/audit.ts";
import { asWritten } from "#kit/time/format.ts";
import classes from "#kit/ui/Screen.module.css";
import own from "../Clinic.module.css";
import { differencesOf } from "./diff.ts";
import { actionWords, isRead } from "./words.ts";

export interface EntryProps {
  entry: AuditEntry;
  zones: readonly string[];
  onActor: (personId: string) => void;
  onSubject: (patientId: string) => void;
}

/** One entry: action, actor, patient and reason. Opened, it shows the values before and after. */
export function Entry({ entry, zones, onActor, onSubject }: EntryProps) {
  const { t } = useLingui();
  const { at, actorId, actorName, actorRole, subjectId, subjectName, action, reason, requestId } = entry;
  const differences = differencesOf(entry.before, entry.after);
  const roles = { patient: t`patient`, doctor: t`doctor`, staff: t`staff` };
  const [actor, subject] = [actorName ?? t`the system`, subjectName ?? t`a patient`];
  return (
    <li className={own["entry"]}>
      <div className={classes["spread"]}>
        <strong>{actionWords(action)}</strong>
        <span className={`${classes["soft"]} ${classes["number"]}`}>{asWritten(at, zones)}</span>
      </div>
      <div className={classes["row"]}>
        {actorId === null ? (
          actor
        ) : (
          <button
            type="button"
            className={own["plain"]}
            aria-label={t`Only by ${actor}`}
            onClick={() => onActor(actorId)}
          >
            {actor}
          </button>
        )}
        {actorRole !== null && <span className={classes["soft"]}>{roles[actorRole]}</span>}
        {subjectId !== null && (
          <span style={{ whiteSpace: "nowrap" }}>
            <span className={classes["soft"]}>
              <Trans>for</Trans>
            </span>{" "}
            <button
              type="button"
              className={own["plain"]}
              aria-label={t`Only for ${subject}`}
              onClick={() => onSubject(subjectId)}
            >
              {subject}
            </button>
          </span>
        )}
        {reason !== null && <q>{reason}</q>}
      </div>
      <details>
        <summary>
          {differences.length > 0 && !isRead(action) ? <Trans>What changed</Trans> : <Trans>Details</Trans>}
        </summary>
        {differences.length > 0 && (
          <ul className={own["changes"]}>
            {differences.map(({ member, before, after }) => (
              <li key={member}>
                <code>{member}</code>: {before !== null && <del>{before}</del>}{" "}
                {before !== null && after !== null && "→ "}
                {after !== null && <ins>{after}</ins>}
              </li>
            ))}
          </ul>
        )}
        <p className={own["about"]}>
          <code>{action}</code> · <Trans>request {requestId}</Trans>
        </p>
      </details>
    </li>
  );
}
