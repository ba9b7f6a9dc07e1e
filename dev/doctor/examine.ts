import { ownerFindings, workerFindings } from "./database.ts";
import { deploymentFindings } from "./deployment.ts";
import { type Finding, unchecked } from "./finding.ts";
import { identityFindings } from "./identity.ts";
import { mailFindings, queueFindings, redisFindings } from "./services.ts";
import { readSettings } from "./settings.ts";

/** The deployment to examine. */
export interface Patient {
  /** The Worker's settings and secrets, by name. */
  settings: Record<string, string>;
  ownerUrl: string | undefined;
  /** The commit of these sources. */
  commit: string;
}

/** The findings of each part, in the order in which a set-up makes them. */
export async function examine({ settings, ownerUrl, commit }: Patient): Promise<Record<string, Finding[]>> {
  const { env, findings } = readSettings(settings);
  const owner = ownerFindings(ownerUrl, env?.FIELD_KEYS);
  if (!env) {
    const rest = [unchecked("Services and deployment were not asked: correct the settings first.")];
    return { settings: findings, database: await owner, others: rest };
  }
  const [database, worker, redis, queue, mail, identity, deployment] = await Promise.all([
    owner,
    workerFindings(env),
    redisFindings(env),
    queueFindings(env),
    mailFindings(env),
    identityFindings(env),
    deploymentFindings(env, commit),
  ]);
  return { settings: findings, database: [...database, ...worker], redis, queue, mail, identity, deployment };
}
