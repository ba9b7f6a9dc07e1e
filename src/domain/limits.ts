/** Which limit holds for an app as a whole. */
export const TIERS = ["low", "standard", "high"] as const;
export type Tier = (typeof TIERS)[number];

interface Limit {
  /** Requests within a period, in each of Cloudflare's locations. */
  requests: number;
  /** Seconds: Cloudflare counts within 10 or 60. */
  seconds: 10 | 60;
  /** The requests that are counted together. */
  per: string;
}

/**
 * The rate limits, by the names that `RateLimit-Policy` shows. The binding that counts is declared in wrangler.toml with the
 * same numbers (`LIMIT_ADDRESS` for `address`); a test compares them.
 */
export const LIMITS = {
  address: { requests: 1200, seconds: 60, per: "client address; an IPv6 network of 64 bits counts as one" },
  person: { requests: 300, seconds: 60, per: "person who is logged in" },
  search: { requests: 120, seconds: 60, per: "person or address: searches, feeds and links" },
  costly: { requests: 30, seconds: 60, per: "person or address: logins, previews" },
  "first-login": { requests: 10, seconds: 60, per: "client address: logins that the clinic does not know yet" },
  export: { requests: 10, seconds: 60, per: "person: files of the audit trail, and of everything about a patient" },
  "app-low": { requests: 600, seconds: 60, per: "API client of the tier low" },
  "app-standard": { requests: 6000, seconds: 60, per: "API client of the tier standard" },
  "app-high": { requests: 60_000, seconds: 60, per: "API client of the tier high" },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** The name of a limit's binding in wrangler.toml. */
export function bindingOf(name: LimitName): string {
  return `LIMIT_${name.replaceAll("-", "_").toUpperCase()}`;
}

/** The key of one client address: IPv4 as it is, of IPv6 the network of 64 bits, because one customer has all of it. */
export function addressKey(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head.split(":").filter(Boolean);
  const last = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...last];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
