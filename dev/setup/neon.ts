/** The Worker's settings of the database, from the owner's direct connection string. */
export interface WorkerDatabase {
  /** The Worker's role at the pooled host. */
  databaseUrl: string;
  /** `DATABASE_HTTP_URL`; null for a host that is not Neon's, where it cannot be derived. */
  httpUrl: string | null;
}

const NEON = /\.neon\.tech$/;

/**
 * Neon's hosts are `<endpoint>.<region>.<cloud>.neon.tech`, in newer projects with a cell before the region:
 * `ep-cool-1.c-2.eu-central-1.aws.neon.tech`. The pooler's host has `-pooler` behind the endpoint. The HTTP wire has `api`
 * in the endpoint's place, and keeps the cell.
 */
export function workerDatabase(ownerUrl: string, password: string): WorkerDatabase {
  const url = new URL(ownerUrl);
  url.username = "holdfast_app";
  url.password = password;
  if (!NEON.test(url.hostname)) return { databaseUrl: url.href, httpUrl: null };
  const [endpoint = "", ...rest] = url.hostname.split(".");
  url.hostname = [`${endpoint.replace(/-pooler$/, "")}-pooler`, ...rest].join(".");
  return { databaseUrl: url.href, httpUrl: `https://${["api", ...rest].join(".")}/sql` };
}

/** Whether this is the pooler's host, through which a migration cannot lock its session. */
export function isPooled(url: string): boolean {
  const { hostname } = new URL(url);
  return NEON.test(hostname) && hostname.split(".")[0]!.endsWith("-pooler");
}
