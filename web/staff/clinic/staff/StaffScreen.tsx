import { Trans, useLingui } from "@lingui/react/macro";
import { NativeSelect, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { StaffAccount } from "#contract/answers/staff.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { ClinicFrame } from "../ClinicFrame.tsx";
import { staffAccountsQuery, useAdministrator } from "../queries.ts";
import { AccountDialog } from "./AccountDialog.tsx";

type Shown = "active" | "inactive" | "all";

/** The staff accounts, with the administrators among them. */
export function StaffScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const administrator = useAdministrator();
  const { data, error, refetch } = useQuery(staffAccountsQuery);
  const [shown, setShown] = useState<Shown>("active");
  const [open, setOpen] = useState<StaffAccount | "new" | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const accounts = data?.filter(({ active }) => shown === "all" || active === (shown === "active"));
  return (
    <ClinicFrame
      title={t`Staff accounts`}
      action={
        administrator && (
          <button type="button" className={classes["small"]} onClick={() => setOpen("new")}>
            <Trans>Let a colleague in</Trans>
          </button>
        )
      }
    >
      {done !== null && <Notice tone="info" title={done} focus />}
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={240} radius="md" />}
      {accounts && (
        <>
          <div className={classes["filters"]}>
            <NativeSelect
              label={t`Show`}
              value={shown}
              onChange={(event) => setShown(event.currentTarget.value as Shown)}
              data={[
                { value: "active", label: t`those who can log in` },
                { value: "inactive", label: t`those switched off` },
                { value: "all", label: t`all` },
              ]}
            />
          </div>
          {accounts.length === 0 && (
            <p className={classes["empty"]}>
              <Trans>There is no such account.</Trans>
            </p>
          )}
          {accounts.length > 0 && (
            <ul className={classes["list"]} aria-label={t`Staff accounts`}>
              {accounts.map((account) => (
                <AccountLine
                  key={account.id}
                  account={account}
                  onChange={administrator ? () => setOpen(account) : undefined}
                />
              ))}
            </ul>
          )}
        </>
      )}
      {open !== null && (
        <AccountDialog
          account={open === "new" ? null : open}
          onClose={() => setOpen(null)}
          onDone={({ name }) => {
            setOpen(null);
            setDone(open === "new" ? t`${name} can log in now` : t`The account of ${name} is changed`);
            void queryClient.invalidateQueries({ queryKey: staffAccountsQuery.queryKey });
          }}
        />
      )}
    </ClinicFrame>
  );
}

function AccountLine({ account, onChange }: { account: StaffAccount; onChange: (() => void) | undefined }) {
  const { t } = useLingui();
  const { name, administrator, active, subject } = account;
  return (
    <li className={classes["line"]}>
      <span style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <strong>{name}</strong>{" "}
        {administrator && (
          <span className={classes["badge"]}>
            <Trans>Administrator</Trans>
          </span>
        )}{" "}
        {!active && (
          <span className={classes["badge"]} data-tone="warn">
            <Trans>Switched off</Trans>
          </span>
        )}
        {subject !== null && (
          <>
            <br />
            <span className={classes["soft"]}>{subject}</span>
          </>
        )}
      </span>
      {onChange && (
        <button type="button" className={classes["small"]} aria-label={t`Change ${name}`} onClick={onChange}>
          <Trans>Change…</Trans>
        </button>
      )}
    </li>
  );
}
