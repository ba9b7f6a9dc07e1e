import { randomBytes } from "node:crypto";
import { html } from "hono/html";

/** The form for a person unknown to the clinic, with its earlier content. `open` shows it unfolded. */
export function strangerForm(form: URLSearchParams, open: boolean) {
  const role = form.get("role") ?? "patient";
  const option = (value: string, text: string) =>
    html`<option value="${value}" ${role === value ? "selected" : ""}>${text}</option>`;
  return html`<details ${open ? "open" : ""}>
    <summary>Someone else</summary>
    <form method="post">
      <p class="hint">Log in as a person unknown to the clinic, to see a login without a record.</p>
      <div>
        <label for="subject">Subject</label>
        <input
          id="subject"
          name="subject"
          required
          maxlength="200"
          autocomplete="off"
          value="${form.get("subject") ?? `auth0|${randomBytes(6).toString("hex")}`}"
        />
      </div>
      <div>
        <label for="name">Name</label>
        <input id="name" name="name" required maxlength="200" autocomplete="off" value="${form.get("name") ?? ""}" />
      </div>
      <div>
        <label for="email">E-mail</label>
        <input id="email" name="email" type="email" required autocomplete="off" value="${form.get("email") ?? ""}" />
      </div>
      <label class="check">
        <input type="checkbox" name="emailVerified" ${!open || form.has("emailVerified") ? "checked" : ""} />
        The e-mail address is verified
      </label>
      <div>
        <label for="role">Role</label>
        <select id="role" name="role">
          ${option("patient", "Patient")}${option("doctor", "Doctor")}${option("staff", "Clinic staff")}${option(
            "none",
            "No role claim",
          )}
        </select>
      </div>
      <div><button class="main" name="stranger" value="yes">Log in as this person</button></div>
    </form>
  </details>`;
}
