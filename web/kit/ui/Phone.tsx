import { phoneLink } from "#domain/phone.ts";
import type { Config } from "#contract/answers/clinic.ts";

/** The clinic's phone number as a link. */
export function Phone({ config }: { config: Config }) {
  const { phone } = config.clinic;
  return (
    <a href={phoneLink(phone)} style={{ whiteSpace: "nowrap" }}>
      {phone}
    </a>
  );
}
