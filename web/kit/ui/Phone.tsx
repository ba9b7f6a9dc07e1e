import type { Config } from "#contract/answers/clinic.ts";

/** The clinic's number, to press on a phone. */
export function Phone({ config }: { config: Config }) {
  const { phone } = config.clinic;
  return (
    <a href={`tel:${phone.replaceAll(" ", "")}`} style={{ whiteSpace: "nowrap" }}>
      {phone}
    </a>
  );
}
