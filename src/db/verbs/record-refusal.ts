/** The state of a record that prevents a change. */
export type RecordState = "merged" | "erased" | "active" | "inactive" | "linked" | "last-administrator" | "has-slots";

/** Why a record of a patient or doctor stays as it is. Instants are epoch milliseconds. */
export type RecordRefusal =
  | { code: "not-found" }
  /** `changedBy` is a name, null for the system itself. */
  | { code: "version-conflict"; changedBy: string | null; changedAt: number; zone: string }
  /**
   * Merged into another record; a doctor with appointments to come; the clinic's last administrator. For a login: switched
   * off, or already linked. For a location's zone: slots to come.
   */
  | { code: "wrong-state"; current: RecordState; appointments?: number }
  /** No telephone number of the clinic's country, and not written as one of another. */
  | { code: "no-such-phone" }
  /** Another patient has the number, without regard to signs and capitals. */
  | { code: "number-taken" }
  /** Another app or location has the name. */
  | { code: "name-taken" }
  /** The database knows no such time zone. */
  | { code: "unknown-zone" }
  /** A person at this clinic has the login. */
  | { code: "login-taken" }
  /** Born after today at the clinic. */
  | { code: "not-born-yet" }
  /** The clinic writes in no such language, only in these. */
  | { code: "unknown-language"; languages: string[] };

/** Why an operation of administrators is refused: the caller is none, or must log in with a second factor again. */
export type AdministrationRefusal =
  | { code: "forbidden" }
  /** `minutes`: how long such a login is good for. */
  | { code: "step-up-required"; minutes: number };

/** Which record, and the versions (ETags) of it that the caller accepts, usually one. */
export interface LoginOf {
  id: string;
  versions: number[];
}
