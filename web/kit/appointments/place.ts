import type { Config } from "#contract/answers/clinic.ts";

export interface Place {
  /** IANA zone of the location, which every time there is said in. */
  zone: string;
  /** Undefined while the clinic has a single location: then it goes without saying in lists. */
  name: string | undefined;
  address: string | undefined;
}

/** Where a slot or an appointment is. */
export function placeOf(config: Config, locationId: string): Place {
  const location = config.locations.find(({ id }) => id === locationId);
  return {
    zone: location?.timeZone ?? config.clinic.timeZone,
    name: config.locations.length > 1 ? location?.name : undefined,
    address: location?.address,
  };
}
