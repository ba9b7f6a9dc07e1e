import type { Env } from "#src/env.ts";

const CONSOLE = "copy it from Upstash's console";

/** The remedy for a setting that is missing or wrong, for the end of a sentence. */
export const REMEDIES: Record<keyof Env, string> = {
  PUBLIC_URL: "set it to the origin of the route, such as https://book.clinic.example",
  ISSUER: "set it to https://<your Auth0 domain>/ with the slash at its end",
  AUDIENCE: "set it to the identifier of the API at Auth0",
  PATIENT_CLIENT_ID: "set it to the client id of the application for patients at Auth0",
  STAFF_CLIENT_ID: "set it to the client id of the application for staff at Auth0",
  ROLE_CLAIM: "set it to the name of the claim that the post-login Action sets, a URL that ends in /role",
  SESSION_HOURS: "set it to a whole number from 1 to 168",
  DATABASE_URL: "set it to the string that npm run setup printed, or let npm run setup -- --new-password print another",
  DATABASE_HTTP_URL: "set it to https://api.<the database's host without its first part>/sql",
  DATABASE_WS_PROXY: "leave it out with Neon, or give a wss: address",
  UPSTASH_REDIS_REST_URL: `${CONSOLE} (Redis, REST API)`,
  UPSTASH_REDIS_REST_TOKEN: `${CONSOLE} (Redis, REST API)`,
  REDIS_TIMEOUT_MS: "leave it out, or set it to a whole number from 50 to 5000",
  QSTASH_URL: `${CONSOLE} (QStash)`,
  QSTASH_TOKEN: `${CONSOLE} (QStash)`,
  QSTASH_CURRENT_SIGNING_KEY: `${CONSOLE} (QStash, Signing Keys)`,
  QSTASH_NEXT_SIGNING_KEY: `${CONSOLE} (QStash, Signing Keys)`,
  SES_ENDPOINT: "set it to https://email.<region>.amazonaws.com",
  SES_REGION: "set it to the region of SES, such as eu-central-1",
  SES_FROM: "set it to an address of the domain that SES has verified",
  SES_CONFIGURATION_SET: "set it to the name of the configuration set at SES",
  SES_FEEDBACK_TOPIC: "set it to the ARN of the SNS topic, arn:aws:sns:<region>:<account>:<name>",
  SNS_ORIGIN: "set it to https://sns.<region>.amazonaws.com",
  SES_PER_SECOND: "set it to the account's maximum send rate, a whole number from 1 to 1000",
  NOTIFY_PARALLELISM: "set it to a whole number from 1 to 100",
  AWS_ACCESS_KEY_ID: "set it to the key id of the IAM user that may send mails",
  AWS_SECRET_ACCESS_KEY: "set it to the secret key of the IAM user that may send mails",
  LINK_SECRET: "make one with openssl rand -base64 32",
  FIELD_KEYS: "set it to 1:<key>, with a key of openssl rand -base64 32; see docs/deploy.md for more keys than one",
  API_KEYS_SECONDS: "leave it out, or set it to a whole number from 1 to 60",
};
