import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { OperationDetail, UndoPreview } from "#contract/answers/operations.ts";
import { isDecided, isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "./Calendar.module.css";
import { ChangeProblem } from "./ChangeProblem.tsx";
import { Rows } from "./ImpactView.tsx";
import { keptWords, kindWords, notUndoableWords } from "./operationWords.ts";
import { operationItemsQuery, refreshCalendar } from "./queries.ts";

/** Undoes a change after showing who goes back, and who stays and why. */
export function UndoDialog({ operation, onClose }: { operation: OperationDetail; onClose: () => void }) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { preview, undo, plan, waiting } = useUndo(operation.id);
  // The preview names no patients; the operation's items do, whose reading is recorded.
  const { data: items } = useInfiniteQuery(operationItemsQuery(operation.id));
  const names = new Map(items?.pages.flatMap((one) => one.items.map((item) => [item.appointmentId, item.patientName])));
  const nameOf = (one: { appointmentId: string; reference: string }) => names.get(one.appointmentId) ?? one.reference;
  const refused = isProblem(preview.error, "wrong-state") ? preview.error : null;
  const stale = isProblem(undo.error, "preview-stale");
  const what = kindWords(operation.kind);
  return (
    <Dialog title={t`Undo: ${what}`} onClose={onClose} wide>
      <div className={`${screen["form"]} ${classes["change"]}`}>
        {refused && (
          <Notice tone="warn" title={t`This cannot be undone now`} focus>
            {notUndoableWords(refused.text("current") ?? "")}
          </Notice>
        )}
        {preview.error !== null && !refused && <ChangeProblem error={preview.error} retry={() => preview.mutate()} />}
        {plan === null && preview.error === null && (
          <output aria-label={t`Looking at what would happen…`}>
            <Skeleton height={160} />
          </output>
        )}
        {stale && (
          <Notice tone="warn" title={t`Something has changed since you looked`} focus>
            <Trans>Nothing has been undone. This is what would happen now.</Trans>
          </Notice>
        )}
        {plan && config && (
          <>
            <dl className={screen["tiles"]}>
              <div>
                <dt>{t`go back`}</dt>
                <dd>{plan.back.length}</dd>
              </div>
              <div>
                <dt>{t`stay where they are`}</dt>
                <dd>{plan.kept.length}</dd>
              </div>
            </dl>
            <Rows title={t`Go back`} count={plan.back.length}>
              {plan.back.map((one) => (
                <li key={one.appointmentId} className={classes["row"]}>
                  <strong>{nameOf(one)}</strong>
                  <span>
                    <del>{whenOf(one.at, config)}</del> <span aria-hidden="true">→</span>{" "}
                    <strong>{whenOf(one.to, config)}</strong>
                  </span>
                </li>
              ))}
            </Rows>
            <Rows title={t`Stay where they are`} count={plan.kept.length}>
              {plan.kept.map((one) => (
                <li key={one.appointmentId} className={classes["row"]}>
                  <strong>{nameOf(one)}</strong>
                  <span>{whenOf(one.at, config)}</span>
                  <span className={screen["soft"]}>{keptWords(one.why.code)}</span>
                </li>
              ))}
            </Rows>
          </>
        )}
        {undo.error !== null && !stale && <ChangeProblem error={undo.error} />}
        <WaitingNotice waiting={waiting} warning={t`Don't make the change again.`} />
        <div className={`${screen["row"]} ${classes["foot"]}`}>
          {plan && (
            <Button
              size="sm"
              aria-busy={undo.isPending}
              onClick={() => undo.isPending || undo.mutate(plan, { onSuccess: onClose })}
            >
              {plural(plan.back.length, {
                one: "Undo and notify # patient",
                other: "Undo and notify # patients",
                0: "Undo the change",
              })}
            </Button>
          )}
          <Button size="sm" variant="outline" onClick={onClose}>
            <Trans>Back, change nothing</Trans>
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** The preview of an undo, the undo itself, and a fresh preview where the first is outdated. */
function useUndo(operationId: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const [plan, setPlan] = useState<UndoPreview | null>(null);
  const attempt = useRef({ token: "", key: "" });
  const path = `/operations/${operationId}/undo`;
  const preview = useMutation({
    mutationFn: async () => (await send<UndoPreview>(`${path}/preview`, { method: "POST", body: {} })).data,
    onSuccess: setPlan,
  });
  const { mutate: look } = preview;
  useEffect(() => look(), [look]);
  const undo = useMutation({
    mutationFn: async ({ token }: UndoPreview) => {
      if (attempt.current.token !== token) attempt.current = { token, key: crypto.randomUUID() };
      const options = { idempotencyKey: attempt.current.key, onWaiting: setWaiting };
      const body = { previewToken: token };
      return (await send<OperationDetail>(path, { method: "POST", body, ...options })).data;
    },
    onSuccess: async ({ id }) => {
      await refreshCalendar(queryClient);
      void navigate({ to: "/calendar/changes/$operationId", params: { operationId: id } });
    },
    onError: (error) => {
      if (isDecided(error)) attempt.current = { token: "", key: "" };
      if (isProblem(error, "preview-stale")) setPlan(error.details["plan"] as UndoPreview);
    },
  });
  return { preview, undo, plan, waiting };
}
