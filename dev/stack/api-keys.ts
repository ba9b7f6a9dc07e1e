import { apiKeyOf } from "#adapters/links.ts";
import { connected } from "#dev/migrate.ts";

export interface ApiKeys {
  patient: string;
  staff: string;
}

/** The newest key of each app, as the Worker with this LINK_SECRET makes it. */
export async function readAppKeys(adminUrl: string, secret: string): Promise<ApiKeys> {
  const { rows } = await connected(adminUrl, (client) =>
    client.query<{ app: keyof ApiKeys; id: string }>(
      `select a.app, k.id from api_clients a join api_keys k on k.client_id = a.id and k.expires_at is null
       where a.app is not null`,
    ),
  );
  const keyOf = async (app: keyof ApiKeys): Promise<string> => {
    const row = rows.find((one) => one.app === app);
    return row ? apiKeyOf(secret, row.id) : "";
  };
  return { patient: await keyOf("patient"), staff: await keyOf("staff") };
}
