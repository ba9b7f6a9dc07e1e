import { createContext } from "react";
import type { Config } from "#contract/answers/clinic.ts";

/** How one of the apps logs in. Each app provides it around all of its pages. */
export interface LoginApp {
  client: keyof Config["clientId"];
  /** The path that the identity provider comes back to. */
  callbackPath: string;
  /** The path of the first page, with the slash at its end. */
  home: string;
}

export const LoginApp = createContext<LoginApp | null>(null);
