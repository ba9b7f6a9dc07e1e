import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { PlacementCaseDetail } from "#contract/answers/cases.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { whyWords } from "#kit/appointments/placing.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { timeOf } from "#kit/time/format.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { dateWithYear } from "../words.ts";
import { reasonWords } from "./words.ts";

export interface CaseFactsProps {
  data: PlacementCaseDetail;
  config: Config;
  onClaim: () => void;
  claiming: boolean;
}

/** Who, how to reach them, what they had, what the clinic changed, and who works on it. */
export function CaseFacts({ data, config, onClaim, claiming }: CaseFactsProps) {
  const { t } = useLingui();
  const { claim, causedBy } = data;
  const { zone } = placeOf(config, data.locationId);
  const until = claim ? timeOf(claim.expiresAt, zone) : "";
  const who = claim?.by ?? "";
  const reason = reasonWords(data.reason);
  const again =
    data.contactAfter === null
      ? undefined
      : whenOf({ startsAt: data.contactAfter, locationId: data.locationId }, config);
  return (
    <>
      <div className={desk["spread"]}>
        <h2>
          <Link to="/patients/$patientId" params={{ patientId: data.patientId }}>
            {data.patientName}
          </Link>
        </h2>
        {data.status === "open" && claim === null && (
          <button type="button" className={desk["small"]} disabled={claiming} onClick={onClaim}>
            <Trans>Claim</Trans>
          </button>
        )}
        {claim?.mine === true && (
          <span className={desk["badge"]} data-tone="warn">
            <Trans>yours until {until}</Trans>
          </span>
        )}
      </div>
      {claim?.mine === false && (
        <Notice tone="warn" title={t`${who} works on it until ${until}`}>
          <Trans>Take another case.</Trans>
        </Notice>
      )}
      {data.unreachable && (
        <Notice tone="bad" title={t`This patient cannot be reached`}>
          <Trans>There is neither a phone number nor an e-mail address that works.</Trans>
        </Notice>
      )}
      <Facts
        rows={[
          [t`Born`, `${dateWithYear(data.dateOfBirth)} · ${data.patientNumber}`],
          [t`Phone`, data.phone === null ? t`none` : <a href={`tel:${data.phoneE164 ?? data.phone}`}>{data.phone}</a>],
          [t`E-mail`, data.email],
          [
            t`Was`,
            <>
              {whenOf(data, config)}
              <small>{data.doctorName}</small>
            </>,
          ],
          [
            t`Why`,
            <>
              {causedBy === null ? reason : t`${reason}, by ${causedBy}`}
              <small>{whyWords(data.why)}</small>
            </>,
          ],
          [t`Call again`, again && [again, data.contactNote].filter(Boolean).join(": ")],
        ]}
      />
    </>
  );
}
