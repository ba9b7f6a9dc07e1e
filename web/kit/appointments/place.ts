import { zoneWords } from "../time/format.ts";
import type { Config } from "#contract/answers/clinic.ts";

export interface Place {
  /** IANA zone of the location, in which its times are shown. */
  zone: string;
  /** Undefined if the clinic has one location, which lists need not name. */
  name: string | undefined;
  address: string | undefined;
  /** `Dublin time`; undefined if all the clinic's times are in one zone, which lists need not name. */
  zoneName: string | undefined;
}

/** The time zones of the clinic's locations, each once. */
export function zonesOf({ locations }: Config): string[] {
  return [...new Set(locations.map(({ timeZone }) => timeZone))];
}

/** Whether the clinic's locations lie in several time zones. */
export const hasSeveralZones = (config: Config): boolean => zonesOf(config).length > 1;

/** The location of a slot or an appointment. */
export function placeOf(config: Config, locationId: string): Place {
  const location = config.locations.find(({ id }) => id === locationId);
  const zone = location?.timeZone ?? config.clinic.timeZone;
  return {
    zone,
    zoneName: hasSeveralZones(config) ? zoneWords(zone) : undefined,
    name: config.locations.length > 1 ? location?.name : undefined,
    address: location?.address,
  };
}
