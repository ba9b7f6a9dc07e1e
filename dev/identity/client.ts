/** A public single-page application: authorization code with PKCE, no secret. */
export interface SpaClient {
  clientId: string;
  /** The application's name on the login page. */
  name: string;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  /** The group that the login page lists first; patients by default. */
  firstGroup?: "patient" | "doctor" | "staff";
}
