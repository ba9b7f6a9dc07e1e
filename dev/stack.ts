import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openFields } from "#db/fields.ts";
import { readFieldKeys } from "#src/env.ts";
import { buildAll, type Build } from "./build.ts";
import { startIdentity, type Identity } from "./identity/identity.ts";
import { sealTexts } from "./fields/seal.ts";
import { connected, grantLogin, isEmpty, migrate } from "./migrate.ts";
import { startNeonProxy, type NeonProxy } from "./neon/proxy.ts";
import { startPostgres, type Postgres } from "./postgres.ts";
import { LOOPBACK } from "./postgres/port.ts";
import { startQstash, type Qstash } from "./qstash/qstash.ts";
import { startRedis, type Redis } from "./redis/redis.ts";
import { readAccounts, type SeedAccount } from "./seed/accounts.ts";
import { seed } from "./seed/seed.ts";
import { startSes, type Ses } from "./ses/ses.ts";
import { type ApiKeys, readAppKeys } from "./stack/api-keys.ts";
import { startCrons } from "./stack/crons.ts";
import { claimFolder, removeData } from "./stack/folder.ts";
import { choosePorts } from "./stack/ports.ts";
import { loadSecrets, writePrivate } from "./stack/secrets.ts";
import { AUDIENCE, DATABASE, loginClients, patientLogin, ROLE_CLAIM, SES_REGION, workerEnv } from "./stack/settings.ts";
import { startWorker, type LimitOf, type RunningWorker, type WorkerLog } from "./worker.ts";

export interface StackOptions {
  /** The app's port; the other parts take the ports after it. 0 takes any free ones. */
  firstPort: number;
  /** Where everything lives across restarts. */
  dataDir: string;
  /** Starts empty and seeds again. */
  fresh?: boolean;
  /** The seed's "now"; the real one unless given. */
  now?: Date;
  /** False is faster and not safe against a power cut; for tests. */
  durable?: boolean;
  /** Further settings of Postgres, as in postgresql.conf. */
  postgresSettings?: Record<string, string>;
  /** False leaves the scheduled handler to the caller (`worker.scheduled`); for tests. */
  crons?: boolean;
  /** Which Redis; a real server if there is one, unless given. */
  redisEngine?: "auto" | "server" | "memory";
  /** Multiplies the queue's back-off between retries. */
  qstashRetryScale?: number;
  /** The rate limits. Nothing is limited unless given: here all callers have one address. */
  limitOf?: LimitOf;
  /** Overrides single settings of the Worker. */
  env?: Record<string, string>;
  /** Aborts the start and stops the parts that run. */
  signal?: AbortSignal;
  /** Called with each step, for people who wait. */
  onStep?: (text: string) => void;
  /** Called with everything that the Worker writes to its console, which is also kept in the data folder. */
  onLog?: (line: WorkerLog) => void;
}

/** The running stack. */
export interface Stack {
  urls: {
    patientApp: string;
    staffApp: string;
    api: string;
    docs: string;
    inbox: string;
    issuer: string;
    /** The owner's connection string. */
    postgres: string;
    neonHttp: string;
    redisRest: string;
    qstash: string;
    ses: string;
  };
  accounts: readonly SeedAccount[];
  /** The keys that both apps send; they name the app for rate limits and give access to nothing. */
  apiKeys: ApiKeys;
  /** The settings for `login` in dev/login.ts. */
  auth: ReturnType<typeof patientLogin>;
  /** The Worker's settings. */
  env: Record<string, string>;
  build: Build;
  postgres: Postgres;
  neon: NeonProxy;
  redis: Redis;
  qstash: Qstash;
  identity: Identity;
  ses: Ses;
  worker: RunningWorker;
  /** Another Worker on the same parts, on a free port: an isolate with its own caches and limits. */
  startIsolate(env?: Record<string, string>, limitOf?: LimitOf): Promise<RunningWorker>;
  /** Stops everything in order and removes lock and stack.json; data stay. */
  close(): Promise<void>;
}

/**
 * Starts all parts of Holdfast. It migrates the database, seeds an empty one, builds what changed, and resolves when all
 * parts answer.
 * @throws {PortTakenError} when a port is taken
 * @throws Error for the terminal if the data folder is in use, a build fails or a part does not start. The
 * other parts are stopped then
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  const stops: (() => Promise<unknown> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  };
  const step = (text: string): void => {
    options.signal?.throwIfAborted();
    options.onStep?.(text);
  };
  /** Registers how to stop a part as soon as it runs, so that another part's failure stops it too. */
  const started = async <Part extends { close(): Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const part = await starting;
    stops.push(() => part.close());
    options.signal?.throwIfAborted();
    return part;
  };

  let building: Promise<Build> | undefined;
  try {
    stops.push(await claimFolder(dataDir));
    if (options.fresh) await removeData(dataDir);
    const ports = await choosePorts(options.firstPort);
    const app = `http://${LOOPBACK}:${ports.app}`;
    const secrets = await loadSecrets(join(dataDir, "secrets.json"));

    step("Starting Postgres, Redis, the queue and the inbox");
    building = buildAll(step);
    building.catch(() => {});
    const [postgres, redis, qstash, ses] = await together([
      started(
        startPostgres({
          port: ports.postgres,
          dataDir: join(dataDir, "postgres"),
          password: secrets.ownerPassword,
          durable: options.durable ?? true,
          settings: options.postgresSettings ?? {},
        }),
      ),
      started(
        startRedis({
          port: ports.redis,
          dataDir: join(dataDir, "redis"),
          token: secrets.redisToken,
          engine: options.redisEngine ?? "auto",
        }),
      ),
      started(
        startQstash({
          port: ports.qstash,
          dataFile: join(dataDir, "qstash.json"),
          token: secrets.qstashToken,
          retryScale: options.qstashRetryScale ?? 1,
          openReads: true,
        }),
      ),
      started(
        startSes({
          port: ports.ses,
          dataDir: join(dataDir, "inbox"),
          credentials: {
            region: SES_REGION,
            accessKeyId: secrets.awsAccessKeyId,
            secretAccessKey: secrets.awsSecretAccessKey,
          },
        }),
      ),
    ]);
    const neon = await started(startNeonProxy({ port: ports.neon, upstream: postgres }));

    await postgres.createDatabase(DATABASE);
    const adminUrl = postgres.url(DATABASE);
    await migrate(adminUrl);
    await grantLogin(adminUrl, secrets.appPassword);
    if (await isEmpty(adminUrl)) {
      step("Seeding a clinic");
      await seed(adminUrl, { now: options.now ?? new Date() });
      const fields = openFields(readFieldKeys(secrets.fieldKeys));
      await connected(adminUrl, (client) => sealTexts(client, fields));
    }
    const accounts = await readAccounts(adminUrl);

    const clients = loginClients(app);
    const identity = await started(
      startIdentity({
        port: ports.issuer,
        dataDir: join(dataDir, "identity"),
        accounts,
        clients,
        audience: AUDIENCE,
        roleClaim: ROLE_CLAIM,
      }),
    );

    const parts = { postgres, neon, redis, qstash, identity, ses };
    const env = { ...workerEnv({ app, secrets, ...parts }), ...options.env };
    const build = await building;
    const { limitOf } = options;
    step("Starting the Worker");
    const log = createWriteStream(join(dataDir, "worker.log"), { flags: "w", mode: 0o600 });
    stops.push(() => new Promise<void>((done) => log.end(done)));
    const onLog = (line: WorkerLog): void => {
      // A stopping Worker may still write after the file is closed.
      if (!log.writableEnded) log.write(`${new Date(line.timestamp).toISOString()} ${line.level} ${line.message}\n`);
      options.onLog?.(line);
    };
    const worker = await started(startWorker({ build, port: ports.app, env, onLog, ...(limitOf ? { limitOf } : {}) }));
    await answers(`${app}/api/v1/health`);
    await ses.topic.subscribe(`${app}/feedback/ses`);
    if (options.crons ?? true) {
      const report = (cron: string, error: unknown): void =>
        onLog({ level: "error", message: `cron ${cron}: ${String(error)}`, timestamp: Date.now() });
      const crons = startCrons(build.crons, (cron, at) => worker.scheduled(cron, at), report);
      stops.push(() => crons.stop());
    }

    const urls = {
      patientApp: `${app}/`,
      staffApp: `${app}/staff/`,
      api: `${app}/api/v1`,
      docs: `${app}/api/v1/docs`,
      inbox: `${ses.url}/`,
      issuer: identity.issuer,
      postgres: adminUrl,
      neonHttp: neon.httpUrl,
      redisRest: redis.url,
      qstash: qstash.url,
      ses: ses.url,
    };
    const shared = { urls, apiKeys: await readAppKeys(adminUrl, secrets.linkSecret), auth: patientLogin(app) };
    const file = join(dataDir, "stack.json");
    const people = accounts.map(({ account, role, name, subject, patientId, doctorId }) => {
      return { account, role, name, subject, patientId, doctorId };
    });
    await writePrivate(file, { ...shared, accounts: people, pid: process.pid });
    stops.push(() => rm(file, { force: true }));

    const startIsolate = (extra: Record<string, string> = {}, limits = limitOf): Promise<RunningWorker> =>
      started(
        startWorker({ build, port: 0, env: { ...env, ...extra }, onLog, ...(limits ? { limitOf: limits } : {}) }),
      );
    return { ...shared, accounts, env, build, ...parts, worker, startIsolate, close };
  } catch (error) {
    await close();
    await building?.catch(() => {});
    throw error;
  }
}

/** Like Promise.all, but rejects only after all have ended. */
async function together<Parts extends unknown[]>(starting: { [Index in keyof Parts]: Promise<Parts[Index]> }) {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<Parts>;
}

/** @throws if the address does not answer 2xx within ten seconds, with its last answer */
async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const response = await fetch(url).catch((error: Error) => error);
    if (!(response instanceof Error) && response.ok) return;
    if (Date.now() > deadline) {
      const said = response instanceof Error ? String(response.cause) : `${response.status} ${await response.text()}`;
      throw new Error(`The Worker does not answer as it should: ${said.slice(0, 500)}`);
    }
    await new Promise((wait) => setTimeout(wait, 100));
  }
}
