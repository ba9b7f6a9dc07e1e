import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { StaffAccount } from "#contract/answers/staff.ts";
import { RecordDialog } from "#kit/record/RecordDialog.tsx";
import type { RecordField } from "#kit/record/fields.tsx";
import { staffAccountQuery } from "../queries.ts";

export interface AccountDialogProps {
  /** Null: a colleague who gets an account. */
  account: StaffAccount | null;
  onClose: () => void;
  onDone: (account: StaffAccount) => void;
}

/** An account: the name, the administrator's rights, and whether the person can log in. */
export function AccountDialog({ account, onClose, onDone }: AccountDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: record } = useQuery({ ...staffAccountQuery(account?.id ?? ""), enabled: account !== null });
  if (account !== null && record === undefined) return null;
  const name = account?.name ?? "";
  const fields: RecordField[] = [
    { name: "name", label: t`Name`, required: true, maxLength: 200, wrong: t`This is no name.` },
    ...(account === null
      ? [
          {
            name: "subject",
            label: t`Login`,
            description: t`The person's id at the login provider, such as auth0|65f0c0ffee.`,
            required: true,
            wrong: t`This is no login, or another person at the clinic has it.`,
          },
        ]
      : []),
    {
      name: "administrator",
      label: t`Administrator`,
      description: t`May change accounts, settings, API clients and the clinic, and merge records.`,
      kind: "check",
      wrong: "",
    },
    ...(account === null
      ? []
      : [
          {
            name: "active",
            label: t`Can log in`,
            description: t`Without it, every session of the person ends at once. What they did stays in the audit trail.`,
            kind: "check" as const,
            wrong: "",
          },
        ]),
  ];
  return (
    <RecordDialog<StaffAccount>
      title={account === null ? t`Let a colleague in` : t`Change ${name}`}
      path={account === null ? "/staff" : `/staff/${account.id}`}
      record={account === null ? null : (record ?? null)}
      fields={fields}
      valuesOf={(one) => ({
        name: one?.name ?? "",
        subject: one?.subject ?? "",
        administrator: one?.administrator ?? false,
        active: one?.active ?? true,
      })}
      bodyOf={(values) => values}
      reload={() => queryClient.fetchQuery({ ...staffAccountQuery(account?.id ?? ""), staleTime: 0 })}
      save={account === null ? t`Let them in` : t`Save`}
      onClose={onClose}
      onDone={(value, etag) => {
        queryClient.setQueryData(staffAccountQuery(value.id).queryKey, { value, etag });
        onDone(value);
      }}
    />
  );
}
