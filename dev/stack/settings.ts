import { LOOPBACK } from "#dev/postgres/port.ts";
import type { SpaClient } from "#dev/identity/identity.ts";
import type { Secrets } from "./secrets.ts";

export const DATABASE = "holdfast";
export const AUDIENCE = "https://holdfast.example/api";
export const ROLE_CLAIM = "https://holdfast.example/role";
export const SES_REGION = "eu-central-1";
const CLIENTS = { patient: "holdfast-patient", staff: "holdfast-staff" } as const;

/** The settings for logging in to the app without a browser; `app` is its origin. */
export function patientLogin(app: string): { clientId: string; audience: string; redirectUri: string } {
  return { clientId: CLIENTS.patient, audience: AUDIENCE, redirectUri: `${app}/login/callback` };
}

/** Both apps as clients of the login provider. */
export function loginClients(app: string): SpaClient[] {
  return [
    {
      clientId: CLIENTS.patient,
      name: "Holdfast",
      redirectUris: [patientLogin(app).redirectUri],
      postLogoutRedirectUris: [app, `${app}/`],
    },
    {
      clientId: CLIENTS.staff,
      name: "Holdfast for staff",
      redirectUris: [`${app}/staff/login/callback`],
      postLogoutRedirectUris: [`${app}/staff`, `${app}/staff/`],
      firstGroup: "staff",
    },
  ];
}

/** The Worker's vars and secrets for the parts that run here; the names are those of src/env.ts. */
export function workerEnv(parts: {
  app: string;
  secrets: Secrets;
  postgres: { port: number };
  neon: { httpUrl: string; wsProxy: string };
  redis: { url: string; token: string };
  qstash: { url: string; token: string; keys(): { current: string; next: string } };
  identity: { issuer: string };
  ses: { url: string; topic: { arn: string } };
}): Record<string, string> {
  const { app, secrets, postgres, neon, redis, qstash, identity, ses } = parts;
  const keys = qstash.keys();
  return {
    PUBLIC_URL: app,
    ISSUER: identity.issuer,
    AUDIENCE,
    PATIENT_CLIENT_ID: CLIENTS.patient,
    STAFF_CLIENT_ID: CLIENTS.staff,
    ROLE_CLAIM,
    SESSION_HOURS: "12",
    DATABASE_URL: `postgresql://holdfast_app:${secrets.appPassword}@${LOOPBACK}:${postgres.port}/${DATABASE}`,
    DATABASE_HTTP_URL: neon.httpUrl,
    DATABASE_WS_PROXY: `ws://${neon.wsProxy}`,
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: redis.token,
    // All services share this machine's processors: an answer that takes long is no Redis that hangs.
    REDIS_TIMEOUT_MS: "2000",
    QSTASH_URL: qstash.url,
    QSTASH_TOKEN: qstash.token,
    QSTASH_CURRENT_SIGNING_KEY: keys.current,
    QSTASH_NEXT_SIGNING_KEY: keys.next,
    SES_ENDPOINT: ses.url,
    SES_REGION,
    SES_FROM: "appointments@liffey-clinic.example",
    SES_CONFIGURATION_SET: "holdfast",
    SNS_ORIGIN: ses.url,
    SES_FEEDBACK_TOPIC: ses.topic.arn,
    // About the throughput of two cores; SES itself starts with 14 a second.
    SES_PER_SECOND: "200",
    NOTIFY_PARALLELISM: "10",
    AWS_ACCESS_KEY_ID: secrets.awsAccessKeyId,
    AWS_SECRET_ACCESS_KEY: secrets.awsSecretAccessKey,
    LINK_SECRET: secrets.linkSecret,
    FIELD_KEYS: secrets.fieldKeys,
  };
}
