import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { ApiClient, ApiClientWithKey } from "#contract/answers/api-clients.ts";
import { TIERS } from "#domain/limits.ts";
import { versionedQuery } from "#kit/api/versioned.ts";
import { RecordDialog } from "#kit/record/RecordDialog.tsx";
import type { RecordField, RecordValues } from "#kit/record/fields.tsx";
import { limitWords } from "./limit.ts";

/** A new app comes with its key. */
type Answered = ApiClient & Partial<Pick<z.infer<typeof ApiClientWithKey>, "key">>;

export interface ClientDialogProps {
  /** Null for a new app. */
  client: ApiClient | null;
  onClose: () => void;
  onDone: (client: Answered) => void;
}

export const clientQuery = (id: string) => versionedQuery<ApiClient>(`/api-clients/${encodeURIComponent(id)}`);

/** An app: its name, its limit, the pages that may use its key, and whether its keys count at all. */
export function ClientDialog({ client, onClose, onDone }: ClientDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: record } = useQuery({ ...clientQuery(client?.id ?? ""), enabled: client !== null, staleTime: 0 });
  const fields = useFields(client === null);
  if (client !== null && record === undefined) return null;
  const name = client?.name ?? "";
  return (
    <RecordDialog<Answered>
      title={client === null ? t`Add an app` : t`Change ${name}`}
      path={client === null ? "/api-clients" : `/api-clients/${client.id}`}
      record={client === null ? null : (record ?? null)}
      fields={fields}
      valuesOf={(one) => ({
        name: one?.name ?? "",
        tier: one?.tier ?? "standard",
        origins: one?.origins.join("\n") ?? "",
        active: one?.active ?? true,
      })}
      bodyOf={bodyOf}
      reload={() => queryClient.fetchQuery({ ...clientQuery(client?.id ?? ""), staleTime: 0 })}
      save={client === null ? t`Add it and show the key` : t`Save`}
      onClose={onClose}
      onDone={(value, etag) => {
        const { key: _, ...kept } = value;
        queryClient.setQueryData(clientQuery(value.id).queryKey, { value: kept, etag });
        onDone(value);
      }}
    />
  );
}

/** One origin a line. */
function bodyOf({ origins, ...rest }: RecordValues): object {
  return typeof origins === "string" ? { ...rest, origins: origins.split(/\s+/).filter(Boolean) } : rest;
}

function useFields(isNew: boolean): RecordField[] {
  const { t } = useLingui();
  const active: RecordField = {
    name: "active",
    label: t`Its keys are accepted`,
    description: t`Without it every key of the app is refused at once. It can be switched on again.`,
    kind: "check",
    wrong: "",
  };
  return [
    {
      name: "name",
      label: t`Name`,
      required: true,
      maxLength: 100,
      wrong: t`This is no name, or another app has it.`,
    },
    {
      name: "tier",
      label: t`Limit`,
      kind: "choice",
      options: TIERS.map((value) => ({ value, label: limitWords(value) })),
      wrong: "",
    },
    {
      name: "origins",
      label: t`Origins`,
      description: t`One a line, such as https://book.clinic.example. Browsers use the key on their pages only. None: on any page.`,
      kind: "lines",
      wrong: t`Each line must be an origin, without a path, and none twice.`,
    },
    ...(isNew ? [] : [active]),
  ];
}
