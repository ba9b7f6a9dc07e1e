import type { Config } from "#contract/answers/clinic.ts";

export interface Place {
  /** IANA zone of the location, in which its times are shown. */
  zone: string;
  /** Undefined if the clinic has one location, which lists need not name. */
  name: string | undefined;
  address: string | undefined;
}

/** The location of a slot or an appointment. */
export function placeOf(config: Config, locationId: string): Place {
  const location = config.locations.find(({ id }) => id === locationId);
  return {
    zone: location?.timeZone ?? config.clinic.timeZone,
    name: config.locations.length > 1 ? location?.name : undefined,
    address: location?.address,
  };
}
