import { AwsClient } from "aws4fetch";
import * as z from "zod/v4";
import type { Env } from "#src/env.ts";
import { type Finding, ask, blocks, fine, jsonOf, unchecked, wrong } from "./finding.ts";
import { REMEDIES } from "./remedies.ts";

/** Redis over REST: `PING` with the Worker's token. Without sessions no app can log in. */
export async function redisFindings(env: Env): Promise<Finding[]> {
  const answer = await ask(env.UPSTASH_REDIS_REST_URL, {
    method: "POST",
    headers: { Authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(["PING"]),
  });
  if (!answer) return [blocks(`Redis does not answer at UPSTASH_REDIS_REST_URL: ${REMEDIES.UPSTASH_REDIS_REST_URL}.`)];
  if (answer.status === 401 || answer.status === 403) {
    return [blocks(`Redis refuses UPSTASH_REDIS_REST_TOKEN: ${REMEDIES.UPSTASH_REDIS_REST_TOKEN}.`)];
  }
  const pong = z.object({ result: z.literal("PONG") }).safeParse(await jsonOf(answer));
  if (!pong.success)
    return [
      blocks(`No Redis answers at UPSTASH_REDIS_REST_URL (${answer.status}): ${REMEDIES.UPSTASH_REDIS_REST_URL}.`),
    ];
  return [fine("Redis answers PING.")];
}

/** QStash: its token, and whether the Worker knows the keys that it signs with. Without it the cron triggers notify. */
export async function queueFindings(env: Env): Promise<Finding[]> {
  const answer = await ask(`${env.QSTASH_URL.replace(/\/$/, "")}/v2/keys`, {
    headers: { Authorization: `Bearer ${env.QSTASH_TOKEN}` },
  });
  if (!answer) return [wrong(`QStash does not answer at QSTASH_URL: ${REMEDIES.QSTASH_URL}.`)];
  if (answer.status === 401 || answer.status === 403)
    return [wrong(`QStash refuses QSTASH_TOKEN: ${REMEDIES.QSTASH_TOKEN}.`)];
  const keys = z.object({ current: z.string(), next: z.string() }).safeParse(await jsonOf(answer));
  if (!keys.success) return [wrong(`No QStash answers at QSTASH_URL (${answer.status}): ${REMEDIES.QSTASH_URL}.`)];
  const { current, next } = keys.data;
  const found: Finding[] = [];
  if (current !== env.QSTASH_CURRENT_SIGNING_KEY) {
    found.push(
      wrong(`QSTASH_CURRENT_SIGNING_KEY is not QStash's current key: ${REMEDIES.QSTASH_CURRENT_SIGNING_KEY}.`),
    );
  }
  if (next !== env.QSTASH_NEXT_SIGNING_KEY) {
    found.push(wrong(`QSTASH_NEXT_SIGNING_KEY is not QStash's next key: ${REMEDIES.QSTASH_NEXT_SIGNING_KEY}.`));
  }
  return found.length > 0 ? found : [fine("QStash takes the token, and its signing keys are the Worker's.")];
}

const Account = z.object({
  ProductionAccessEnabled: z.boolean(),
  SendingEnabled: z.boolean(),
  SendQuota: z.object({ MaxSendRate: z.number() }),
});

/** SES's errors for an unknown key, or for a signature that the secret did not make. */
const BAD_KEY =
  /UnrecognizedClient|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|security token/i;

/** SES: a signed `GetAccount`. The Worker's user needs no right to it, so a refusal may be all that can be learnt. */
export async function mailFindings(env: Env): Promise<Finding[]> {
  const aws = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    region: env.SES_REGION,
    service: "ses",
  });
  const signed = await aws.sign(`${env.SES_ENDPOINT.replace(/\/$/, "")}/v2/email/account`);
  const answer = await ask(signed.url, { headers: signed.headers });
  if (!answer) return [wrong(`SES does not answer at SES_ENDPOINT: ${REMEDIES.SES_ENDPOINT}.`)];
  if (answer.status === 403) {
    const said = `${answer.headers.get("x-amzn-errortype") ?? ""} ${await answer.text()}`;
    if (BAD_KEY.test(said))
      return [wrong("SES refuses the AWS key: correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and SES_REGION.")];
    return [
      unchecked(
        "The AWS key may not call ses:GetAccount, so quota and sandbox were not checked: look at SES's console.",
      ),
    ];
  }
  const account = Account.safeParse(await jsonOf(answer));
  if (!account.success) return [wrong(`No SES answers at SES_ENDPOINT (${answer.status}): ${REMEDIES.SES_ENDPOINT}.`)];
  const { ProductionAccessEnabled, SendingEnabled, SendQuota } = account.data;
  const found: Finding[] = [];
  if (!ProductionAccessEnabled)
    found.push(wrong("SES is in its sandbox and sends to verified addresses only: request production access."));
  if (!SendingEnabled) found.push(wrong("SES has paused the account's sending: see the reason in SES's console."));
  if (env.SES_PER_SECOND > SendQuota.MaxSendRate) {
    found.push(
      wrong(`SES_PER_SECOND is more than the account's ${SendQuota.MaxSendRate} mails a second: lower it to that.`),
    );
  }
  return found.length > 0 ? found : [fine("SES takes the key, and its quota covers SES_PER_SECOND.")];
}
