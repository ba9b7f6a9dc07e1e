import { z } from "zod";
import type { IdentityStore } from "./store.ts";

/** The roles in Holdfast; `undefined` elsewhere means a login without a role claim. */
export type Role = "patient" | "doctor" | "staff";

/** A person the login page offers. `subject` becomes the `sub` of every token, as Auth0's user id does. */
export interface Account {
  account: string;
  subject: string;
  role: Role;
  name: string;
  email: string;
  emailVerified?: boolean;
}

/** A person who can log in: a seeded account, or one typed into the "someone else" form. */
export interface Person {
  subject: string;
  role?: Role | undefined;
  name: string;
  email: string;
  emailVerified: boolean;
}

const someoneElse = z.object({
  subject: z.string().trim().min(1, "Give a subject.").max(200, "The subject is too long (200 characters at most)."),
  name: z.string().trim().min(1, "Give a name.").max(200, "The name is too long (200 characters at most)."),
  email: z.email("Give a valid e-mail address."),
  emailVerified: z.literal("on").optional(),
  role: z.enum(["patient", "doctor", "staff", "none"], "Choose a role."),
});

/** The people of one provider: the seeded accounts, and strangers, who are stored so that their sessions survive. */
export class People {
  readonly accounts: readonly Account[];
  readonly #byAccount: Map<string, Account>;
  readonly #bySubject: Map<string, Account>;
  readonly #store: IdentityStore;

  constructor(accounts: readonly Account[], store: IdentityStore) {
    this.accounts = accounts;
    this.#byAccount = new Map(accounts.map((account) => [account.account, account]));
    this.#bySubject = new Map(accounts.map((account) => [account.subject, account]));
    this.#store = store;
  }

  /** The seeded account of a short name ("patient1"), if there is one. */
  byAccount(account: string): Account | undefined {
    return this.#byAccount.get(account);
  }

  /** The person of a subject: a seeded one, else a stranger who logged in before. */
  bySubject(subject: string): Person | undefined {
    const seeded = this.#bySubject.get(subject);
    if (seeded) {
      const { role, name, email, emailVerified = true } = seeded;
      return { subject, role, name, email, emailVerified };
    }
    return this.#store.get(`Person:${subject}`) as Person | undefined;
  }

  /**
   * Stores a stranger from the submitted form.
   * @returns the person, or the faults of the form as sentences
   */
  addStranger(form: URLSearchParams): Person | { problems: string[] } {
    const parsed = someoneElse.safeParse(Object.fromEntries(form));
    if (!parsed.success) return { problems: parsed.error.issues.map((issue) => issue.message) };
    const { subject, name, email, role } = parsed.data;
    const owner = this.#bySubject.get(subject);
    if (owner) return { problems: [`The subject ${subject} belongs to ${owner.name}: log in as ${owner.account}.`] };
    const stranger: Person = {
      subject,
      name,
      email,
      emailVerified: parsed.data.emailVerified === "on",
      role: role === "none" ? undefined : role,
    };
    this.#store.set(`Person:${subject}`, stranger);
    return stranger;
  }
}
