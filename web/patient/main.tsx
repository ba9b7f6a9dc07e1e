import "#kit/ui/base.css";
import "#kit/ui/dark.css";
import "./shell.css";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "#kit/api/queries.ts";
import { provideCatalogues, speak } from "#kit/language/speak.ts";
import { pause } from "#kit/api/backoff.ts";
import { LoginApp } from "#kit/session/app.ts";
import { reloadWhenRestored } from "#kit/session/shared-device.ts";
import { cssVariables, schemes, theme } from "#kit/ui/theme.ts";
import { CATALOGUES } from "./language/catalogues.ts";
import { loadFirstPage } from "./first-page.ts";
import { createPatientRouter } from "./router.tsx";

/** How long the first drawing waits for data, milliseconds. */
const FIRST_PAGE_MS = 1500;

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");
reloadWhenRestored();

const queryClient = createQueryClient("patient");
const router = createPatientRouter(queryClient);
provideCatalogues(CATALOGUES);
// The language that the page's first script has chosen and preloaded. The first page's data are awaited for a short time, so
// that the page is drawn once and nothing on it moves.
await Promise.all([
  speak(document.documentElement.lang),
  Promise.race([loadFirstPage(queryClient), pause(FIRST_PAGE_MS)]),
]);

createRoot(root).render(
  <I18nProvider i18n={i18n}>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
    >
      <QueryClientProvider client={queryClient}>
        <LoginApp value={{ client: "patient", callbackPath: "/login/callback", home: "/" }}>
          <RouterProvider router={router} />
        </LoginApp>
      </QueryClientProvider>
    </MantineProvider>
  </I18nProvider>,
);
