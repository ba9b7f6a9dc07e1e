import type { IncomingMessage } from "node:http";
import { AwsV4Signer } from "aws4fetch";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** Why a request is refused: Amazon's error name and sentence. */
export interface Refusal {
  status: number;
  type: string;
  message: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Checks an AWS Signature Version 4 like SES, except the age of the request, because tests change clocks.
 * @returns undefined if the signature is valid
 */
export async function refusalOf(
  request: IncomingMessage,
  body: Buffer,
  credentials: Credentials,
): Promise<Refusal | undefined> {
  const { authorization } = request.headers;
  if (!authorization) return deny("MissingAuthenticationTokenException", "Missing Authentication Token");
  const parsed = AUTHORIZATION.exec(authorization);
  const datetime = request.headers["x-amz-date"];
  if (!parsed || typeof datetime !== "string") {
    return deny("IncompleteSignatureException", "Authorization header requires a complete AWS4-HMAC-SHA256 signature.");
  }
  const [, accessKeyId, date = "", region, service, signed = ""] = parsed;
  if (accessKeyId !== credentials.accessKeyId) {
    return deny("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (service !== "ses" || region !== credentials.region || !datetime.startsWith(date)) {
    const message = `Credential should be scoped to ${credentials.region}/ses, not ${region}/${service}.`;
    return deny("InvalidSignatureException", message);
  }
  const names = signed.split(";");
  if (!names.includes("host")) return deny("InvalidSignatureException", "'Host' must be a signed header.");
  const signer = new AwsV4Signer({
    ...credentials,
    service: "ses",
    method: request.method ?? "POST",
    url: `http://${request.headers.host}${request.url}`,
    headers: names.filter((name) => name !== "host").map((name) => [name, String(request.headers[name] ?? "")]),
    body: new Uint8Array(body),
    datetime,
    allHeaders: true,
  });
  if ((await signer.authHeader()).replaceAll(", ", ",") !== authorization.replaceAll(", ", ",")) {
    return deny(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access " +
        "Key and signing method.",
    );
  }
  return undefined;
}

function deny(type: string, message: string): Refusal {
  return { status: 403, type, message };
}
