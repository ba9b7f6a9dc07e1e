import { openLimits } from "#adapters/limits.ts";
import { openQueue } from "#adapters/qstash.ts";
import { openMail } from "#adapters/ses.ts";
import { openSessions } from "#adapters/sessions.ts";
import { openDatabase } from "#db/client.ts";
import { openFields } from "#db/fields.ts";
import { ExtendPayload, runOnce as extendHorizon } from "#jobs/extend-horizon.ts";
import { FailedPayload, runOnce as failed } from "#jobs/failed.ts";
import { NotifyPayload, runOnce as notify } from "#jobs/notify.ts";
import { ReassignPayload, runOnce as reassign } from "#jobs/reassign.ts";
import { runOnce as remind } from "#jobs/remind.ts";
import { SealAuditPayload, runOnce as sealAudit } from "#jobs/seal-audit.ts";
import { runOnce as forget } from "#jobs/forget.ts";
import { runOnce as sweep } from "#jobs/sweep.ts";
import { runOnce as watch } from "#jobs/watch.ts";
import { causeOf } from "#lib/cause.ts";
import { createApp } from "./app.ts";
import type { Log, Services } from "./context.ts";
import { type Bindings, readEnv } from "./env.ts";

/** The schema of the stored functions that this Worker was built with; the build puts the name in (dev/build.ts). */
declare const FUNCTIONS_SCHEMA: string;
/** The package's version, and the commit that was deployed; the build puts them in as well. */
declare const BUILD_VERSION: string;
declare const BUILD_COMMIT: string;

/** The nightly trigger, as wrangler.toml has it. */
const NIGHTLY = "17 2 * * *";

/** Slightly more than the database role's statement_timeout (5 s). */
const DATABASE_TIMEOUT_MS = 6_000;

// eslint-disable-next-line no-console -- Workers Logs reads structured lines from the console.
const log: Log = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

/** Opened once an isolate: none holds a connection, and to open them for every request costs a millisecond or two. */
const opened = new WeakMap<object, Services>();

function servicesOf(bindings: object): Services {
  const services = opened.get(bindings) ?? openServices(bindings);
  opened.set(bindings, services);
  return services;
}

function openServices(bindings: object): Services {
  const env = readEnv(bindings);
  return {
    env,
    log,
    build: { version: BUILD_VERSION, commit: BUILD_COMMIT },
    db: openDatabase({
      url: env.DATABASE_URL,
      httpUrl: env.DATABASE_HTTP_URL,
      wsUrl: env.DATABASE_WS_PROXY,
      functions: FUNCTIONS_SCHEMA,
      fields: openFields(env.FIELD_KEYS),
      timeoutMs: DATABASE_TIMEOUT_MS,
    }),
    sessions: openSessions({
      url: env.UPSTASH_REDIS_REST_URL,
      token: env.UPSTASH_REDIS_REST_TOKEN,
      timeoutMs: env.REDIS_TIMEOUT_MS,
    }),
    queue: openQueue({
      url: env.QSTASH_URL,
      token: env.QSTASH_TOKEN,
      currentSigningKey: env.QSTASH_CURRENT_SIGNING_KEY,
      nextSigningKey: env.QSTASH_NEXT_SIGNING_KEY,
      publicUrl: env.PUBLIC_URL,
      // `parallelism` keeps callbacks from waiting for database connections, `rate` is SES's maximum send rate.
      flows: { notify: { parallelism: env.NOTIFY_PARALLELISM, rate: env.SES_PER_SECOND } },
    }),
    limits: openLimits(bindings),
    sender: openMail({
      endpoint: env.SES_ENDPOINT,
      region: env.SES_REGION,
      from: env.SES_FROM,
      configurationSet: env.SES_CONFIGURATION_SET,
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    }),
  };
}

const app = createApp((c) => servicesOf(c.env), log, {
  notify: { payload: NotifyPayload, runOnce: (services, payload) => notify(services, NotifyPayload().parse(payload)) },
  "extend-horizon": {
    payload: ExtendPayload,
    runOnce: (services, payload) => extendHorizon(services, ExtendPayload().parse(payload)),
  },
  failed: { payload: FailedPayload, runOnce: (services, payload) => failed(services, FailedPayload().parse(payload)) },
  reassign: {
    payload: ReassignPayload,
    runOnce: (services, payload) => reassign(services, ReassignPayload().parse(payload)),
  },
  "seal-audit": { payload: SealAuditPayload, runOnce: sealAudit },
});

const nightlyJobs = (services: Services) => ({
  sweep: sweep(services),
  forget: forget(services),
  "extend-horizon": extendHorizon(services, {}),
});

const minutelyJobs = (services: Services) => ({
  reassign: reassign(services, {}),
  notify: notify(services, {}),
  remind: remind(services),
  "seal-audit": sealAudit(services),
  watch: watch(services),
});

export default {
  fetch: app.fetch,
  /**
   * Every minute: unfinished operations and due notices, because a publish or a callback may have been lost. Also reminders,
   * sealing of the audit trail, and a log line about the backlogs. Every night: housekeeping, and new slots at the end of
   * the horizon.
   */
  async scheduled(event, bindings): Promise<void> {
    const requestId = crypto.randomUUID();
    const services: Services = { ...servicesOf(bindings), log: (name, fields) => log(name, { requestId, ...fields }) };
    const due = Object.entries(event.cron === NIGHTLY ? nightlyJobs(services) : minutelyJobs(services));
    // A job that fails does not stop the others; the trigger then counts as failed.
    const failures = await Promise.all(
      due.map(([job, run]) =>
        run.then(
          () => [],
          (error: unknown) => {
            services.log("job-failed", { job, ...causeOf(error) });
            return [job];
          },
        ),
      ),
    );
    if (failures.flat().length > 0) throw new Error(`Failed: ${failures.flat().join(", ")}`);
  },
} satisfies ExportedHandler<Bindings>;
